/** Works off deliveries, beside all other gateways: takes what is due, carries it, and writes down how it went. */
import { setTimeout as wait } from 'node:timers/promises';
import type { DeliveryStore, TakenDelivery } from '../../registry/deliveries.ts';
import { type Carried, deliveryPolicy, type DeliveryPolicy, failed, nextAttemptMs } from './carried.ts';

export interface CourierOptions {
  readonly deliveries: DeliveryStore;
  readonly toUrl: (delivery: TakenDelivery, url: string) => Promise<Carried>;
  readonly toFunction: (delivery: TakenDelivery, reference: string) => Promise<Carried>;
  /** Told of what went wrong here and not at a destination: Postgres was away, or a defect. */
  readonly onFault: (error: unknown) => void;
  /** Default: 5 attempts within 6 hours. */
  readonly policy?: DeliveryPolicy;
  /** Default 60,000: more than an attempt takes. When this gateway dies, another makes the next attempt after it. */
  readonly leaseMs?: number;
}

const maxUnderWay = 16;
/** Without being woken: what is due for another attempt, and what other gateways left behind. */
const lookEveryMs = 1_000;
/** Between two looks, unless there is more to take: every batch of ends wakes it, and few of them have anything to tell. */
const restMs = 50;
const defaultLeaseMs = 60_000;

export class Courier {
  readonly #options: CourierOptions;
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.wake(), lookEveryMs);
    this.wake();
  }

  /** Something may be due: looks at once, or soon after the last look. */
  wake(): void {
    this.#lookAgain = true;
    if (this.#timer !== undefined) this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
  }

  /** Takes nothing more, and waits for what is under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#looking;
    await Promise.all(this.#underWay);
  }

  async #look(): Promise<void> {
    const { deliveries, leaseMs = defaultLeaseMs, onFault } = this.#options;
    while (this.#lookAgain && this.#timer !== undefined && this.#underWay.size < maxUnderWay) {
      this.#lookAgain = false;
      const free = maxUnderWay - this.#underWay.size;
      try {
        const taken = await deliveries.take(free, leaseMs);
        for (const delivery of taken) this.#begin(delivery);
        // There may be more: as soon as one of these is done.
        this.#lookAgain ||= taken.length === free;
      } catch (error) {
        onFault(error);
      }
      if (!this.#lookAgain) await wait(restMs);
    }
  }

  #begin(delivery: TakenDelivery): void {
    const carrying = this.#carry(delivery)
      .catch(this.#options.onFault)
      .finally(() => {
        this.#underWay.delete(carrying);
        if (this.#lookAgain) this.wake();
      });
    this.#underWay.add(carrying);
  }

  async #carry(delivery: TakenDelivery): Promise<void> {
    const { deliveries, policy = deliveryPolicy } = this.#options;
    const carried = await this.#attempt(delivery);
    if (carried.ok) return deliveries.delivered(delivery.id);
    return deliveries.failed(delivery, carried.detail, nextAttemptMs(delivery, carried, policy, Math.random()));
  }

  async #attempt(delivery: TakenDelivery): Promise<Carried> {
    const { toUrl, toFunction, onFault } = this.#options;
    const { destination } = delivery;
    try {
      return await ('url' in destination ? toUrl(delivery, destination.url) : toFunction(delivery, destination.function));
    } catch (error) {
      onFault(error);
      return failed('the gateway failed; its log says why');
    }
  }
}
