import assert from 'node:assert/strict';
import test from 'node:test';
import { closestName } from '../../../shared/closest.ts';

for (const [name, closest] of [
  ['BANTAM_PROT', 'BANTAM_PORT'],
  ['BANTAM_HOSTS', 'BANTAM_HOST'],
  ['BANTAM_HOST', 'BANTAM_HOST'],
  ['BANTM_PORT', 'BANTAM_PORT'],
  ['', undefined],
  ['SOMETHING_ELSE', undefined],
] as const) {
  test(`the name closest to "${name}" is ${closest}`, () => {
    assert.equal(closestName(name, ['BANTAM_HOST', 'BANTAM_PORT']), closest);
  });
}
