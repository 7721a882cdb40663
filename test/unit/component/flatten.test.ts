/** What a component's binary becomes as a plan. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { flattenComponent } from '../../../component/flatten.ts';
import type { ComponentPlan, Extern, LiftedFunction } from '../../../component/plan.ts';
import { componentFromWat } from '../../support/components.ts';

async function planOf(text: string): Promise<ComponentPlan> {
  return flattenComponent(await componentFromWat(text));
}

function lifted(extern: Extern | undefined): LiftedFunction {
  assert.ok(extern?.sort === 'func' && extern.func.kind === 'lift');
  return extern.func;
}

const greeter = `(component
  (import "log" (func $log (param "line" string)))
  (core module $Memory (memory (export "memory") 1) (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $m))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $log-core (canon lower (func $log) (memory $m) string-encoding=utf16))
  (core module $Main (import "host" "log" (func (param i32 i32)))
    (func (export "greet") (param i32 i32) (result i32) unreachable) (func (export "done") (param i32)))
  (core instance $main (instantiate $Main (with "host" (instance (export "log" (func $log-core))))))
  (func (export "greet") (param "name" string) (result string)
    (canon lift (core func $main "greet") (memory $m) (realloc $realloc) (post-return (core func $main "done")))))`;

test('core modules become steps in order, with what they are given', async () => {
  const plan = await planOf(greeter);
  assert.equal(plan.modules.length, 2);
  assert.deepEqual(
    plan.steps.map(({ module, skip }) => [module, skip]),
    [
      [0, false],
      [1, false],
    ],
  );
  assert.deepEqual(plan.steps[0]?.args, []);
  assert.deepEqual(plan.steps[1]?.args, [['host', { items: new Map([['log', { sort: 'func', item: { trampoline: 0 } }]]) }]]);
});

test('the bytes of a module in the plan are a core module', async () => {
  const bytes = await componentFromWat(greeter);
  for (const { start, end } of flattenComponent(bytes).modules) assert.ok(WebAssembly.validate(new Uint8Array(bytes.subarray(start, end))));
});

test('a lowered import becomes a trampoline with its type and options', async () => {
  const plan = await planOf(greeter);
  const type = { kind: 'func', async: false, params: [{ name: 'line', type: { kind: 'string' } }], result: undefined };
  const func = { kind: 'host', type, iface: '', name: 'log' };
  assert.deepEqual(plan.trampolines, [{ kind: 'lower', func, context: 0, instance: 0 }]);
  assert.deepEqual(plan.contexts[0], { instance: 0, encoding: 'utf16', memory: 0, realloc: -1 });
  assert.deepEqual(plan.imports, new Map([['log', { sort: 'func', func }]]));
});

test('a lifted export names its slots once', async () => {
  const plan = await planOf(greeter);
  const { callee, postReturn, context, instance, type } = lifted(plan.exports.get('greet'));
  assert.deepEqual(plan.slots[callee], { sort: 'func', item: { step: 1, name: 'greet' } });
  assert.deepEqual(plan.slots[postReturn], { sort: 'func', item: { step: 1, name: 'done' } });
  const { memory, realloc, encoding } = plan.contexts[context] ?? assert.fail();
  assert.deepEqual(plan.slots[memory], { sort: 'memory', item: { step: 0, name: 'memory' } });
  assert.deepEqual(plan.slots[realloc], { sort: 'func', item: { step: 0, name: 'realloc' } });
  assert.equal(encoding, 'utf8');
  assert.equal(instance, 0);
  assert.deepEqual(type.result, { kind: 'string' });
  assert.equal(plan.slots.length, 4);
});

test('a nested component is evaluated at every instantiation, with what it is given', async () => {
  const plan = await planOf(`(component
    (component $Inner (import "f" (func $f (result u32)))
      (core func $lowered (canon lower (func $f)))
      (core module $M (import "" "f" (func (result i32))) (func (export "g") (result i32) i32.const 7))
      (core instance $m (instantiate $M (with "" (instance (export "f" (func $lowered))))))
      (func (export "g") (result u32) (canon lift (core func $m "g"))))
    (import "f" (func $f (result u32)))
    (instance $one (instantiate $Inner (with "f" (func $f))))
    (instance $two (instantiate $Inner (with "f" (func $one "g"))))
    (export "g" (func $two "g")))`);
  assert.deepEqual(plan.instances, [{ parent: -1 }, { parent: 0 }, { parent: 0 }]);
  assert.equal(plan.modules.length, 1);
  assert.equal(plan.steps.length, 2);
  const [first, second] = plan.trampolines;
  assert.ok(first?.kind === 'lower' && second?.kind === 'lower');
  assert.equal(first.func.kind, 'host');
  assert.ok(second.func.kind === 'lift' && second.func.instance === 1);
  assert.equal(lifted(plan.exports.get('g')).instance, 2);
});

test('each instance of a component has resources of its own', async () => {
  const plan = await planOf(`(component
    (component $Files (type $file (resource (rep i32))) (export "file" (type $file)))
    (instance $a (instantiate $Files)) (instance $b (instantiate $Files))
    (export "a" (instance $a)) (export "b" (instance $b)))`);
  const [a, b] = ['a', 'b'].map((name) => {
    const instance = plan.exports.get(name);
    const file = instance?.sort === 'instance' ? instance.exports.get('file') : undefined;
    return file?.sort === 'type' ? file.type : assert.fail();
  });
  assert.deepEqual(a, { kind: 'resource', definedBy: 1, destructor: -1, host: undefined });
  assert.deepEqual(b, { kind: 'resource', definedBy: 2, destructor: -1, host: undefined });
});

test('a resource keeps the interface it first came from, also when other interfaces use it', async () => {
  const plan = await planOf(`(component
    (import "wasi:io/streams@0.2.3" (instance $streams (export "output-stream" (type (sub resource)))))
    (alias export $streams "output-stream" (type $stream))
    (import "wasi:cli/stdout@0.2.3" (instance $stdout (alias outer 1 $stream (type $s)) (export "output-stream" (type $o (eq $s)))
      (export "get-stdout" (func (result (own $o))))))
    (core func (canon lower (func $stdout "get-stdout"))))`);
  const [trampoline] = plan.trampolines;
  assert.ok(trampoline?.kind === 'lower' && trampoline.func.kind === 'host');
  assert.equal(trampoline.func.iface, 'wasi:cli/stdout@0.2.3');
  const { result } = trampoline.func.type;
  assert.ok(result?.kind === 'own');
  assert.deepEqual(result.resource.host, { iface: 'wasi:io/streams', name: 'output-stream' });
});

test('resources of one interface imported twice are two resources', async () => {
  const plan = await planOf(`(component
    (type $io (instance (export "error" (type (sub resource)))))
    (import "wasi:io/error@0.2.0" (instance $a (type $io))) (import "wasi:io/error@0.2.1" (instance $b (type $io)))
    (alias export $a "error" (type $ea)) (alias export $b "error" (type $eb))
    (core func (canon resource.drop $ea)) (core func (canon resource.drop $eb)))`);
  const [a, b] = plan.trampolines;
  assert.ok(a?.kind === 'resource.drop' && b?.kind === 'resource.drop');
  assert.notEqual(a.resource, b.resource);
});

test('an instance within an imported instance cannot pass for an interface', async () => {
  const plan = await planOf(`(component
    (import "wasi:io/streams@0.2.0" (instance $outer (export "inner" (instance (export "f" (func))))))
    (alias export $outer "inner" (instance $inner))
    (core func (canon lower (func $inner "f"))))`);
  const [trampoline] = plan.trampolines;
  assert.ok(trampoline?.kind === 'lower' && trampoline.func.kind === 'host');
  assert.equal(trampoline.func.iface, 'wasi:io/streams@0.2.0#inner');
});

test('built-ins of resources become trampolines, destructors slots', async () => {
  const plan = await planOf(`(component
    (core module $M (func (export "drop") (param i32))) (core instance $m (instantiate $M)) (alias core export $m "drop" (core func $drop))
    (type $r (resource (rep i32) (dtor (core func $drop))))
    (core func (canon resource.new $r)) (core func (canon resource.rep $r)) (core func (canon resource.drop $r)))`);
  assert.deepEqual(
    plan.trampolines.map(({ kind }) => kind),
    ['resource.new', 'resource.rep', 'resource.drop'],
  );
  const [made] = plan.trampolines;
  assert.ok(made?.kind === 'resource.new');
  assert.deepEqual(plan.slots[made.resource.destructor], { sort: 'func', item: { step: 0, name: 'drop' } });
});

test('a map is the list of pairs that it is lifted as', async () => {
  const plan = await planOf('(component (type $m (map string u32)) (export "m" (type $m)))');
  const exported = plan.exports.get('m');
  const pair = { kind: 'tuple', of: [{ kind: 'string' }, { kind: 'u32' }] };
  assert.deepEqual(exported, { sort: 'type', type: { kind: 'list', of: pair, length: undefined } });
});

test('a type ascribed to an exported instance hides what it does not name', async () => {
  const plan = await planOf(`(component
    (core module $M (func (export "f"))) (core instance $m (instantiate $M))
    (func $f (canon lift (core func $m "f")))
    (instance $i (export "shown" (func $f)) (export "hidden" (func $f)))
    (export "i" (instance $i) (instance (export "shown" (func)))))`);
  const instance = plan.exports.get('i');
  assert.ok(instance?.sort === 'instance');
  assert.deepEqual([...instance.exports.keys()], ['shown']);
});

test('a concurrency built-in that is merely imported is refused only when it is called', async () => {
  const plan = await planOf(`(component
    (core func $f (canon backpressure.inc)) (core func (canon task.return (result string))) (core func (canon waitable-set.new))
    (core module $M (import "" "f" (func))) (core instance (instantiate $M (with "" (instance (export "f" (func $f)))))))`);
  assert.deepEqual(plan.trampolines, [
    { kind: 'refused', name: 'backpressure.inc' },
    { kind: 'refused', name: 'task.return' },
    { kind: 'refused', name: 'waitable-set.new' },
  ]);
});
