// A client that runs by itself: it registers, calls every day at SYNC_AT, and does what it is told; its clock is the system's.
const crypto = require('crypto'), soap = require('soap');
const { security, send, at, sha256 } = require('./client.js');
const { SERIAL, SYNC_AT, METERS } = process.env;
const DAY = 86400;
const seconds = () => Math.floor(Date.now() / 1000);
const [hour, minute, second] = SYNC_AT.split(':').map(Number);
const meters = () => METERS.split(',').map((name, row) => ({ attributes: { Name: name }, $value: 1000 * (row + 1) + Math.floor(seconds() / DAY) }));

async function register(client) {
  await send(client, 'RegisterProxy', { Secret: require('./client.json').secret, InstalledAt: at(0), ConsentGivenAt: at(0),
    DailySyncTime: '00:00:00Z', SyncWindow: 'PT9H', PollInterval: 'PT7200S' });
  await send(client, 'RegisterProxyDevices', { ConsentGivenAt: at(0), DetectedAt: at(0), LastPollAt: at(0), FleetDigest: sha256(SERIAL),
    Device: [{ SerialNumber: SERIAL, ReadDate: at(0), Meter: meters() }] });
}

async function sync(client) {
  const { Command = [] } = await send(client, 'SyncProxy', { Reason: 'Scheduled', LastPollAt: at(0), Queue: 0, FleetDigest: sha256(SERIAL) });
  for (const { SerialNumber, CommandId, Action } of Command) {
    const about = { SerialNumber, CommandId };
    if (Action === 'TurnOn') await send(client, 'SyncProxyStatus', { Device: [{ ...about, State: 'Active', TurnedOn: at(0), PollInterval: 'PT7200S' }] });
    else await send(client, 'SubmitBillingTransaction', { TransactionId: crypto.randomUUID(), Device: [{ ...about, ReadDate: at(0), Meter: meters() }] });
  }
}

async function main() {
  const client = await soap.createClientAsync(process.env.URL + '?wsdl');
  client.setSecurity(security);
  await register(client);
  console.log('registered');
  let due = Math.floor(seconds() / DAY) * DAY + hour * 3600 + minute * 60 + second;
  // The next time of day; a machine that was off calls once.
  const next = () => { while (due <= seconds()) due += DAY; };
  for (next();;) {
    while (seconds() < due) await new Promise(wake => setTimeout(wake, 2));
    await sync(client);
    const called = at(0);
    next();
    console.log(called);
  }
}
main().catch(error => { console.error(error); process.exit(1); });
