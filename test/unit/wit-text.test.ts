import assert from 'node:assert/strict';
import { test } from 'node:test';
import { witText } from '../../contracts/wit-text.ts';
import type { WitType } from '../../contracts/wit.ts';

const u8: WitType = { kind: 'u8' };
const string: WitType = { kind: 'string' };

test('types are written as in WIT, in place', () => {
  const texts: readonly (readonly [WitType, string])[] = [
    [u8, 'u8'],
    [{ kind: 'list', of: u8 }, 'list<u8>'],
    [{ kind: 'list', of: u8, length: 4 }, 'list<u8, 4>'],
    [{ kind: 'option', of: { kind: 'option', of: string } }, 'option<option<string>>'],
    [{ kind: 'result' }, 'result'],
    [{ kind: 'result', ok: u8 }, 'result<u8>'],
    [{ kind: 'result', err: string }, 'result<_, string>'],
    [{ kind: 'result', ok: u8, err: string }, 'result<u8, string>'],
    [{ kind: 'tuple', of: [u8, string] }, 'tuple<u8, string>'],
    [
      {
        kind: 'record',
        fields: [
          { name: 'first-name', type: string },
          { name: 'age', type: u8 },
        ],
      },
      'record { first-name: string, age: u8 }',
    ],
    [{ kind: 'variant', cases: [{ name: 'circle', type: u8 }, { name: 'point' }] }, 'variant { circle(u8), point }'],
    [{ kind: 'enum', names: ['a', 'b'] }, 'enum { a, b }'],
    [{ kind: 'flags', names: ['r', 'w'] }, 'flags { r, w }'],
  ];
  for (const [type, text] of texts) assert.equal(witText(type), text);
});

test('a very long type is cut, and shows it', () => {
  const wide: WitType = { kind: 'record', fields: Array.from({ length: 10_000 }, (_, i) => ({ name: `field-${i}`, type: string })) };
  assert.ok(witText(wide).length < 5_000);
  assert.match(witText(wide), /^record \{ field-0: string, .*, \.\.\. \}$/);
  for (const twice of [
    (type: WitType): WitType => ({ kind: 'tuple', of: [type, type] }),
    (type: WitType): WitType => ({ kind: 'result', ok: type, err: type }),
  ]) {
    let doubled: WitType = string;
    for (let i = 0; i < 40; i++) doubled = twice(doubled);
    assert.ok(witText(doubled).length < 10_000);
    assert.match(witText(doubled), /\.\.\./);
  }
});
