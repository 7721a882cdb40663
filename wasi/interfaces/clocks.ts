/** Signatures of wasi:clocks: see wasi/interfaces.ts. */

const datetime = 'record{seconds:u64,nanoseconds:u32}';
const pollable = 'own<wasi:io/poll.pollable>';

export const clocksInterfaces: readonly (readonly [iface: string, functions: ReadonlyMap<string, string>])[] = [
  [
    'wasi:clocks/monotonic-clock',
    new Map([
      ['now', '()->u64'],
      ['resolution', '()->u64'],
      ['subscribe-instant', `(u64)->${pollable}`],
      ['subscribe-duration', `(u64)->${pollable}`],
    ]),
  ],
  [
    'wasi:clocks/wall-clock',
    new Map([
      ['now', `()->${datetime}`],
      ['resolution', `()->${datetime}`],
    ]),
  ],
  [
    'wasi:clocks/timezone',
    new Map([
      ['display', `(${datetime})->record{utc-offset:s32,name:string,in-daylight-saving-time:bool}`],
      ['utc-offset', `(${datetime})->s32`],
    ]),
  ],
];
