// An OpenWhisk Node.js action: the code runs in this process. Argument: port.
import { createRequire } from 'node:module';
import { listen } from './proxy.js';

let main;

listen(
  Number(process.argv[2]),
  ({ main: name, code, binary, env }) => {
    if (binary) throw new Error('this one takes plain code, no archive');
    Object.assign(process.env, env);
    main = new Function('require', `${code}\nreturn ${name}`)(createRequire(import.meta.url));
  },
  ({ value, ...activation }) => {
    for (const [name, text] of Object.entries(activation)) process.env[`__OW_${name.toUpperCase()}`] = text;
    return main(value);
  },
);
