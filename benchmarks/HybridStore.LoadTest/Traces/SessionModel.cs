using System.Globalization;

namespace HybridStore.LoadTest.Traces;

/// <summary>A bot's state as the generator knows it: which records there are and how large each is.</summary>
internal sealed class SessionModel
{
    private readonly Dictionary<AuthKey, StateRecord> _records = [];
    private readonly List<AuthKey[]> _peers = [];
    private readonly List<AuthKey> _sessions = [];
    private readonly List<GroupModel> _groups = [];
    private readonly Queue<AuthKey> _preKeys = new();
    private readonly List<AuthKey> _syncKeys = [];

    /// <summary>Nothing yet.</summary>
    public SessionModel()
    {
    }

    /// <summary>A bot of a profile.</summary>
    public SessionModel(Profile profile, Random random)
    {
        Add(AuthKey.Creds, ValueSizes.Creds(profile.History));
        for (var i = 1; i <= profile.PreKeys; i++)
            AddPreKey(i);
        AddPeers(profile, random);
        AddContacts(profile);
        AddSyncState(profile, random);
        AddGroups(profile, random);
    }

    /// <summary>All records, as they are now.</summary>
    public IReadOnlyCollection<StateRecord> Records => _records.Values;

    public long Bytes => _records.Values.Sum(static r => (long)r.Size);

    /// <summary>The devices of each peer.</summary>
    public IReadOnlyList<AuthKey[]> Peers => _peers;

    /// <summary>The devices of all peers.</summary>
    public IReadOnlyList<AuthKey> Sessions => _sessions;

    /// <summary>The bot's own other devices, which get a copy of all that it sends.</summary>
    public AuthKey[] OwnDevices { get; private set; } = [];

    public IReadOnlyList<GroupModel> Groups => _groups;

    public IReadOnlyList<AuthKey> SyncKeys => _syncKeys;

    public static AuthKey Collection(int number) =>
        new(AuthKeyTypes.AppStateSyncVersion, ((string[])["critical_block", "critical_unblock_low", "regular_high", "regular_low", "regular"])[number]);

    public static AuthKey PreKey(int id) => new(AuthKeyTypes.PreKey, Text(id));

    public static AuthKey LidOf(int contact) => new(AuthKeyTypes.LidMapping, Phone(contact));

    public static AuthKey PhoneOf(int contact) => new(AuthKeyTypes.LidMapping, Lid(contact) + "_reverse");

    public static AuthKey Devices(int contact) => new(AuthKeyTypes.DeviceList, Lid(contact));

    public static AuthKey Token(int contact) => new(AuthKeyTypes.TcToken, Lid(contact) + "@lid");

    public static AuthKey TokenIndex { get; } = new(AuthKeyTypes.TcToken, "__index");

    public static AuthKey IdentityOf(AuthKey session) => new(AuthKeyTypes.IdentityKey, session.Id);

    public int SizeOf(AuthKey key) => _records.TryGetValue(key, out var record) ? record.Size : TraceOperation.Absent;

    /// <summary>Writes a record with another content.</summary>
    public StateRecord Write(AuthKey key, int size) =>
        _records[key] = new StateRecord(key, size, _records.TryGetValue(key, out var former) ? former.Edition + 1 : 1);

    /// <summary>Writes a record again as it is.</summary>
    public StateRecord WriteSame(AuthKey key) => _records[key];

    public StateRecord Delete(AuthKey key)
    {
        _records.Remove(key);
        return new StateRecord(key, TraceOperation.Absent, 0);
    }

    /// <summary>The next pre-key that somebody uses; made anew where none is left.</summary>
    public AuthKey TakePreKey()
    {
        if (_preKeys.TryDequeue(out var key))
            return key;
        AddPreKey(1_000_000 + _records.Count);
        return _preKeys.Dequeue();
    }

    private static string Lid(int contact) => Text(101_000_000_000_000 + (contact * 7919L));

    private static string Phone(int contact) => Text(5_511_900_000_000 + (contact * 13L));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void Add(AuthKey key, int size) => _records.Add(key, new StateRecord(key, size, 1));

    private void AddPreKey(int id)
    {
        Add(PreKey(id), ValueSizes.PreKey);
        _preKeys.Enqueue(PreKey(id));
    }

    // Peers until there are as many devices as the profile says: nearly half of the users have a companion, a fifth has more; a tenth are still known by their numbers; one is a
    // hosted account with device 99.
    private void AddPeers(Profile profile, Random random)
    {
        OwnDevices = [AddSession("100000000000001_1.0", random), AddSession("100000000000001_1.12", random)];
        for (var contact = 0; _sessions.Count < profile.Sessions - OwnDevices.Length; contact++)
        {
            var user = random.Next(10) == 0 ? Phone(contact) : Lid(contact) + "_1";
            var devices = new List<string> { "0" };
            var companions = random.Next(100) switch { < 35 => 0, < 80 => 1, _ => random.Next(2, 4) };
            for (var i = 0; i < companions; i++)
                devices.Add(Text(1 + (i * 33) + random.Next(33)));
            if (contact == 0)
                (user, devices) = (Lid(contact) + "_128", ["99"]);
            AuthKey[] peer = [.. devices.Take(profile.Sessions - OwnDevices.Length - _sessions.Count).Select(d => AddSession($"{user}.{d}", random))];
            _sessions.AddRange(peer);
            _peers.Add(peer);
        }
    }

    private AuthKey AddSession(string address, Random random)
    {
        var key = new AuthKey(AuthKeyTypes.Session, address);
        Add(key, ValueSizes.Session(random));
        Add(IdentityOf(key), ValueSizes.Identity);
        return key;
    }

    private void AddContacts(Profile profile)
    {
        for (var i = 0; i < profile.LidMappings / 2; i++)
        {
            Add(LidOf(i), ValueSizes.LidMapping);
            Add(PhoneOf(i), ValueSizes.LidMapping);
        }

        for (var i = 0; i < profile.DeviceLists; i++)
            Add(Devices(i), ValueSizes.DeviceList(1 + (i % 3)));
        for (var i = 0; i < profile.Tokens; i++)
            Add(Token(i), ValueSizes.Token);
        Add(TokenIndex, ValueSizes.TokenIndex(profile.Tokens));
    }

    private void AddSyncState(Profile profile, Random random)
    {
        var id = new byte[6];
        for (var i = 0; i < profile.SyncKeys; i++)
        {
            // Such an id has "/", "+" and "=" as likely as not; the first has all of them.
            random.NextBytes(id);
            var key = new AuthKey(AuthKeyTypes.AppStateSyncKey, i == 0 ? "/+8AAA==" : Convert.ToBase64String(id));
            Add(key, ValueSizes.SyncKey(random));
            _syncKeys.Add(key);
        }

        for (var i = 0; i < profile.SyncEntries.Count; i++)
            Add(Collection(i), ValueSizes.SyncVersion(profile.SyncEntries[i]));
    }

    private void AddGroups(Profile profile, Random random)
    {
        for (var i = 0; i < profile.Groups; i++)
        {
            var name = i == 0 ? "status@broadcast" : $"{Text(120_363_000_000_000_000 + (i * 31L))}@g.us";
            var own = new AuthKey(AuthKeyTypes.SenderKey, $"{name}::100000000000001_1::0");
            var memory = new AuthKey(AuthKeyTypes.SenderKeyMemory, name);
            if (i < profile.OwnSenderKeys)
                Add(own, ValueSizes.OwnSenderKey(ValueSizes.Exponential(random, profile.OwnSends)));
            if (i < profile.Memories)
                Add(memory, ValueSizes.Memory(ValueSizes.Exponential(random, profile.MemoryDevices)));
            _groups.Add(new GroupModel(own, memory, []));
        }

        for (var i = 0; i < profile.PeerSenderKeys; i++)
        {
            var group = _groups[i % _groups.Count];
            var key = new AuthKey(AuthKeyTypes.SenderKey, $"{group.Memory.Id}::{Lid(i / _groups.Count)}_1::{i % 2}");
            Add(key, ValueSizes.PeerSenderKey(random));
            group.Senders.Add(key);
        }
    }
}
