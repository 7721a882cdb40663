/** The settings of metrics, as settings.ts has the others. Data only. */
import { Type } from 'typebox';

export const metricSeries = {
  BANTAM_METRICS_FUNCTIONS: Type.Integer({
    unit: 'count',
    minimum: 0,
    maximum: 100_000,
    default: 1_000,
    description:
      'Functions that metrics are kept of one by one, at each process; others are counted together as `other`. One that is not called for an hour gives its place up.',
  }),
};

/** Of a gateway, whose own port may ask for a key and speak TLS. */
export const metricsListening = {
  BANTAM_METRICS_HOST: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'Address of BANTAM_METRICS_PORT.',
  }),
  BANTAM_METRICS_PORT: Type.Optional(
    Type.Integer({
      unit: 'TCP port, 0 for any free one',
      minimum: 0,
      maximum: 65_535,
      description:
        'Port of the gateway for the inside of its network: /healthz, /readyz and /metrics, without key or TLS, as a worker has them.',
    }),
  ),
};
