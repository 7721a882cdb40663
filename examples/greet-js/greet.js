// One function per export of wit/world.wit, names in camelCase. What it throws is the err case of a result.

export function hello(name) {
  return `Hello from JavaScript, ${name ?? 'world'}!`;
}

export function greet({ name, age, tags }) {
  if (age > 150) throw `too old: ${age}`;
  return `Hello ${name}, ${age}, [${tags.join('|')}]`;
}

export function area(shape) {
  switch (shape.tag) {
    case 'circle':
      return Math.PI * shape.val ** 2;
    case 'rectangle':
      return shape.val[0] * shape.val[1];
    default:
      return 0;
  }
}

export function paint(shape, colour) {
  return `a ${colour} ${shape.tag}`;
}

// Flags are an object of booleans.
export function allowed(permissions) {
  return Object.keys(permissions).filter((name) => permissions[name]);
}

// This engine takes and gives a u64 as a number.
export function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

export function reverse(bytes) {
  return bytes.slice().reverse();
}
