/** The settings of the deployments under test: small limits, so that both sides of each can be reached. */
import { certificatePath } from '../support/callback-server.ts';
import { freePort } from '../support/free-port.ts';

/** The largest example has 2.6 MB. */
export const maxModuleBytes = 3_145_728;
export const maxAssetBytes = 524_288;
export const maxBodyBytes = 65_536;
export const maxTimeoutMs = 60_000;
export const maxMemoryBytes = 268_435_456;
export const maxQueueDepth = 250;
export const keepVersions = 12;
/** Where callbacks may go: https://localhost, this port. */
export const callbackPort = await freePort();
export const callbackSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export const environment = {
  BANTAM_MAX_MODULE_BYTES: String(maxModuleBytes),
  BANTAM_MAX_ASSET_BYTES: String(maxAssetBytes),
  BANTAM_MAX_BODY_BYTES: String(maxBodyBytes),
  BANTAM_MAX_TIMEOUT_MS: String(maxTimeoutMs),
  BANTAM_MAX_MEMORY_BYTES: String(maxMemoryBytes),
  BANTAM_MAX_QUEUE_DEPTH: String(maxQueueDepth),
  BANTAM_KEEP_VERSIONS: String(keepVersions),
  BANTAM_CALLBACK_HOSTS: `localhost:${callbackPort}`,
  BANTAM_CALLBACK_SECRET: callbackSecret,
  BANTAM_CALLBACK_PRIVATE: 'true',
  BANTAM_SECRET_KEY: '4/xwCV1yGI1FE2tC6SJnJ1zYUSlHXbDMRXJZ7XJW3qg=',
  NODE_EXTRA_CA_CERTS: certificatePath,
};
