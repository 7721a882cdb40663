/** The engine within one process. */
import { createLocalEngine } from '../../queue/async/local.ts';
import { describeEngine } from '../conformance/async-engine.suite.ts';

describeEngine('local', () => {
  const { producer, consumer } = createLocalEngine();
  return { producer, consumer: () => consumer };
});
