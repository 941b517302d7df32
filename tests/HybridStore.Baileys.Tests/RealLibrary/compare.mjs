#!/usr/bin/env node
// node compare.mjs A B
//
// Loads two folders with the library's own useMultiFileAuthState and says by name what differs. Exit code 1 if anything does.
import { readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { useMultiFileAuthState } from 'baileys';

const [a, b] = process.argv.slice(2);
if (!b) {
  console.error('usage: compare.mjs A B');
  process.exit(2);
}

const names = folder => readdirSync(folder).filter(name => name.endsWith('.json'));
const all = [...new Set([...names(a), ...names(b)])].sort();
const load = async folder => (await useMultiFileAuthState(folder)).state;
const [left, right] = [await load(a), await load(b)];
const differences = [];

if (!all.includes('creds.json')) differences.push('creds.json is missing');
for (const field of new Set([...Object.keys(left.creds), ...Object.keys(right.creds)])) {
  if (!isDeepStrictEqual(left.creds[field], right.creds[field])) differences.push(`creds.${field}`);
}

// The library makes the file name of type and id again, so any split of it at a '-' finds the same file;
// only app-state-sync-key is treated by its type.
const split = name => {
  const at = name.startsWith('app-state-sync-key-') ? 'app-state-sync-key'.length : name.indexOf('-');
  return [name.slice(0, at), name.slice(at + 1, -'.json'.length)];
};
let records = 0;
for (const name of all) {
  if (name === 'creds.json') continue;
  const [type, id] = split(name);
  const [x, y] = [(await left.keys.get(type, [id]))[id], (await right.keys.get(type, [id]))[id]];
  if (x === null || y === null) differences.push(`${name} does not load in ${x === null ? 'A' : 'B'}`);
  else if (!isDeepStrictEqual(x, y)) differences.push(name);
  records++;
}

for (const difference of differences) console.log(`differs: ${difference}`);
console.log(`${records} records, ${differences.length} differences`);
process.exit(differences.length ? 1 : 0);
