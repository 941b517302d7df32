namespace HybridStore.LoadTest.Traces;

/// <summary>How many bytes the records of each type have in Baileys' encoding, measured on its encoders.</summary>
internal static class ValueSizes
{
    public const int PreKey = 164;
    public const int Identity = 71;
    public const int LidMapping = 15;
    public const int Token = 115;
    public const int RoundTrip = 105;

    /// <summary>A bot's own sender key is never longer than this many sends make it.</summary>
    public const int MostSends = 2000;

    private const int MostMemoryDevices = 2400;

    public static int Creds(int history) => 1900 + (154 * history);

    /// <summary>A Signal session: round trips that stay in it, archived sessions, and skipped message keys.</summary>
    public static int Session(Random random)
    {
        var roundTrips = random.Next(100) switch
        {
            < 60 => random.Next(0, 3),
            < 85 => random.Next(3, 21),
            < 97 => random.Next(20, 201),
            _ => random.Next(200, 2001),
        };
        var size = 890 + (RoundTrip * roundTrips);
        var archived = random.Next(100) switch { < 89 => 0, < 99 => random.Next(1, 6), _ => 40 };
        for (var i = 0; i < archived; i++)
            size += random.Next(890, 1401);
        return random.Next(100) < 5 ? size + (53 * random.Next(1, 201)) : size;
    }

    public static int PeerSenderKey(Random random)
    {
        var states = random.Next(100) < 20 ? random.Next(2, 6) : 1;
        var skipped = random.Next(100) < 10 ? random.Next(1, 51) : 0;
        return 611 + (608 * (states - 1)) + (222 * skipped);
    }

    public static int OwnSenderKey(int sends) => 767 + (223 * Math.Min(sends, MostSends));

    public static int Memory(int devices) => 29 * Math.Clamp(devices, 1, MostMemoryDevices);

    public static int SyncKey(Random random) => random.Next(150, 191);

    public static int SyncVersion(int entries) => 239 + (132 * entries);

    public static int DeviceList(int devices) => 1 + (5 * devices);

    public static int TokenIndex(int jids) => Math.Max(2, 29 * jids);

    /// <summary>Exponential, with a mean.</summary>
    public static int Exponential(Random random, double mean) => (int)Math.Round(-mean * Math.Log(1 - random.NextDouble()));
}
