#!/usr/bin/env node
// node generate.mjs FOLDER MANIFEST
//
// Writes an auth state as the library itself does: handshakes in both directions, ratchets, group sender keys, all
// between parties in this process. MANIFEST gets the type and true id of every record, which file names don't tell.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { addTransactionCapability, Curve, generateOrGetPreKeys, generateSignalPubKey, initAuthCreds, proto, useMultiFileAuthState } from 'baileys';
import { makeLibSignalRepository } from 'baileys/lib/Signal/libsignal.js';

const [folder, manifest] = process.argv.slice(2);
if (!manifest) {
  console.error('usage: generate.mjs FOLDER MANIFEST');
  process.exit(2);
}

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Keys that remember which records are alive. */
const recorded = inner => {
  const alive = new Map();
  return {
    alive,
    get: (type, ids) => inner.get(type, ids),
    set: async batch => {
      await inner.set(batch);
      for (const [type, rows] of Object.entries(batch)) {
        for (const [id, value] of Object.entries(rows)) {
          if (value) alive.set(JSON.stringify([type, id]), { type, id });
          else alive.delete(JSON.stringify([type, id]));
        }
      }
    },
  };
};

const inMemory = () => {
  const rows = new Map();
  return {
    get: async (type, ids) => Object.fromEntries(ids.filter(id => rows.has(type + ' ' + id)).map(id => [id, rows.get(type + ' ' + id)])),
    set: async batch => {
      for (const [type, values] of Object.entries(batch)) for (const [id, value] of Object.entries(values)) rows.set(type + ' ' + id, value);
    },
  };
};

class Device {
  constructor(jid, creds, keys) {
    this.jid = jid;
    this.creds = creds;
    this.keys = addTransactionCapability(keys, silent, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });
    this.signal = makeLibSignalRepository({ creds, keys: this.keys }, silent, async () => []);
    this.preKeys = {};
  }

  async mint(count) {
    const { newPreKeys, lastPreKeyId } = generateOrGetPreKeys(this.creds, count);
    await this.keys.set({ 'pre-key': newPreKeys });
    this.creds.nextPreKeyId = lastPreKeyId + 1;
    this.creds.firstUnuploadedPreKeyId = lastPreKeyId + 1;
    Object.assign(this.preKeys, newPreKeys);
  }

  /** What the server would hand out; each pre-key once. */
  bundle() {
    const [keyId] = Object.keys(this.preKeys);
    const preKey = this.preKeys[keyId];
    delete this.preKeys[keyId];
    const { registrationId, signedIdentityKey, signedPreKey } = this.creds;
    return {
      registrationId,
      identityKey: generateSignalPubKey(signedIdentityKey.public),
      signedPreKey: { keyId: signedPreKey.keyId, publicKey: generateSignalPubKey(signedPreKey.keyPair.public), signature: signedPreKey.signature },
      preKey: { keyId: Number(keyId), publicKey: generateSignalPubKey(preKey.public) },
    };
  }

  meet(other) {
    return this.signal.injectE2ESession({ jid: other.jid, session: other.bundle() });
  }

  async tell(other, text) {
    const sealed = await this.signal.encryptMessage({ jid: other.jid, data: Buffer.from(text) });
    const opened = await other.signal.decryptMessage({ jid: this.jid, ...sealed });
    if (Buffer.from(opened).toString() !== text) throw new Error(`${other.jid} read something else`);
  }

  async tellGroup(group, text, listener) {
    const { ciphertext, senderKeyDistributionMessage } = await this.signal.encryptGroupMessage({ group, meId: this.jid, data: Buffer.from(text) });
    if (!listener) return;
    const item = { groupId: group, axolotlSenderKeyDistributionMessage: senderKeyDistributionMessage };
    await listener.signal.processSenderKeyDistributionMessage({ item, authorJid: this.jid });
    const opened = await listener.signal.decryptGroupMessage({ group, authorJid: this.jid, msg: ciphertext });
    if (Buffer.from(opened).toString() !== text) throw new Error(`the group ${group} read something else`);
  }
}

const { state, saveCreds } = await useMultiFileAuthState(folder);
const keys = recorded(state.keys);
const bot = new Device('5511900000001:7@s.whatsapp.net', state.creds, keys);
await bot.mint(60);

// Every kind of address: a phone, its companion, LIDs, hosted devices.
const jids = [];
for (let i = 0; i < 6; i++) {
  const [user, lid] = [`55119100${10000 + i}`, `2220000000${10000 + i}`];
  jids.push(`${user}@s.whatsapp.net`, `${user}:${i + 2}@s.whatsapp.net`, `${lid}:${i + 1}@lid`);
}
jids.push('5511910020000:99@hosted', '222000000020000:99@hosted.lid');

const others = [];
for (const [i, jid] of jids.entries()) {
  const other = new Device(jid, initAuthCreds(), inMemory());
  others.push(other);
  await other.mint(2);
  const [first, second] = i % 2 ? [other, bot] : [bot, other];
  await first.meet(second);
  await first.tell(second, 'olá');
  for (let round = 0; round <= i % 4; round++) {
    await second.tell(first, `${round}`);
    await first.tell(second, `${round}`);
  }
  // Some messages never arrive, and leave their keys behind in the other's chain.
  if (i % 5 === 0) {
    await other.signal.encryptMessage({ jid: bot.jid, data: Buffer.from('lost') });
    await other.tell(bot, 'after a gap');
  }
}

const groups = ['120363000000000001@g.us', '120363000000000002@g.us', '5511999990000-1400000000@g.us', 'status@broadcast'];
for (const [g, group] of groups.entries()) {
  for (let n = 0; n < 3; n++) await bot.tellGroup(group, `${n}`);
  const members = others.filter((_, i) => (i + g) % 4 === 0);
  for (const member of members) await member.tellGroup(group, 'oi', bot);
  await bot.keys.set({ 'sender-key-memory': { [group]: Object.fromEntries(members.map(m => [m.jid, true])) } });
}

// Ids with / + and =, among them two slashes in a row, and ordinary ones.
const keyIds = [[0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0xff], [0xfb, 0xef, 0xbe, 1], [0, 0, 1, 2, 3, 4], ...Array.from({ length: 6 }, () => randomBytes(6))];
for (const [i, id] of keyIds.entries()) {
  const value = { keyData: randomBytes(32), timestamp: 1760000000000 + i, fingerprint: { rawId: i, currentIndex: i, deviceIndexes: [0, i] } };
  await bot.keys.set({ 'app-state-sync-key': { [Buffer.from(id).toString('base64')]: proto.Message.AppStateSyncKeyData.fromObject(value) } });
}
for (const name of ['critical_block', 'critical_unblock_low', 'regular', 'regular_high', 'regular_low']) {
  const indexValueMap = {};
  for (let i = 0; i < 30; i++) indexValueMap[randomBytes(32).toString('base64')] = { valueMac: randomBytes(32) };
  await bot.keys.set({ 'app-state-sync-version': { [name]: { version: 30, hash: randomBytes(128), indexValueMap } } });
}

const tracked = ['5511910010000@s.whatsapp.net', '222000000010000@lid', '5511910010001:3@s.whatsapp.net'];
for (const [i, jid] of tracked.entries()) {
  await bot.keys.set({
    tctoken: { [jid]: { token: randomBytes(16), timestamp: `${1760000000 + i}` } },
    'lid-mapping': { [`55119100${10000 + i}`]: `2220000000${10000 + i}`, [`2220000000${10000 + i}_reverse`]: `55119100${10000 + i}` },
    'device-list': { [`55119100${10000 + i}`]: ['0', `${i + 2}`] },
  });
}
await bot.keys.set({ tctoken: { __index: { token: Buffer.from(JSON.stringify(tracked)) } } });

// Types that this library may have one day.
await bot.keys.set({
  'nct-salt': { current: { salt: randomBytes(32), empty: Buffer.alloc(0), none: null, text: 'a"\\\u0000\u2028é😀', numbers: [0, -1, 1.5, 1e300] } },
  'message-secret': { '5511999990000-1400000000@g.us': randomBytes(32), 'AC0FFEE': [] },
});

Object.assign(state.creds, {
  me: { id: bot.jid, lid: '222000000000001:7@lid', name: 'Recepção "7" 😀\n' },
  account: { details: randomBytes(20), accountSignatureKey: Curve.generateKeyPair().public, accountSignature: randomBytes(64), deviceSignature: randomBytes(64) },
  signalIdentities: [{ identifier: { name: '222000000000001:7@lid', deviceId: 0 }, identifierKey: generateSignalPubKey(Curve.generateKeyPair().public) }],
  platform: 'android',
  routingInfo: randomBytes(9),
  registered: true,
  myAppStateKeyId: Buffer.from(keyIds[0]).toString('base64'),
  processedHistoryMessages: [{ key: { remoteJid: bot.jid, fromMe: true, id: 'A1' }, messageTimestamp: 1760000000 }],
});
await saveCreds();
writeFileSync(manifest, JSON.stringify([{ type: 'creds', id: 'creds' }, ...keys.alive.values()]));
process.exit(0);
