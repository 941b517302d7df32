namespace HybridStore.LoadTest.Traces;

/// <summary>How many records of which type a bot has.</summary>
internal sealed record Profile
{
    /// <summary>A one-to-one bot with 200 contacts.</summary>
    public static Profile Small { get; } = new()
    {
        Name = "small", Sessions = 255, PreKeys = 800, LidMappings = 400, DeviceLists = 200, Tokens = 150, SyncKeys = 4, SyncEntries = [5, 200, 60, 40, 20],
        PeerSenderKeys = 25, Groups = 6, OwnSenderKeys = 5, OwnSends = 20, Memories = 3, MemoryDevices = 4, History = 15,
    };

    /// <summary>2,000 contacts and 50 groups.</summary>
    public static Profile Medium { get; } = new()
    {
        Name = "medium", Sessions = 2640, PreKeys = 1500, LidMappings = 8000, DeviceLists = 3500, Tokens = 1000, SyncKeys = 8, SyncEntries = [10, 2000, 500, 300, 200],
        PeerSenderKeys = 1200, Groups = 50, OwnSenderKeys = 50, OwnSends = 150, Memories = 50, MemoryDevices = 130, History = 60,
    };

    /// <summary>10,000 contacts and 500 groups.</summary>
    public static Profile Large { get; } = new()
    {
        Name = "large", Sessions = 34_500, PreKeys = 5500, LidMappings = 90_000, DeviceLists = 30_000, Tokens = 8000, SyncKeys = 20, SyncEntries = [50, 10_000, 4000, 2000, 3000],
        PeerSenderKeys = 22_500, Groups = 500, OwnSenderKeys = 500, OwnSends = 300, Memories = 500, MemoryDevices = 345, History = 150,
    };

    public static IReadOnlyList<Profile> All { get; } = [Small, Medium, Large];

    public required string Name { get; init; }

    /// <summary>Devices that there is a Signal session with; there are as many identities.</summary>
    public required int Sessions { get; init; }

    public required int PreKeys { get; init; }

    /// <summary>Rows, two for each pair.</summary>
    public required int LidMappings { get; init; }

    public required int DeviceLists { get; init; }

    public required int Tokens { get; init; }

    public required int SyncKeys { get; init; }

    /// <summary>Entries of each of the five app-state collections.</summary>
    public required IReadOnlyList<int> SyncEntries { get; init; }

    public required int PeerSenderKeys { get; init; }

    public required int Groups { get; init; }

    public required int OwnSenderKeys { get; init; }

    /// <summary>How often the bot has sent to each of its groups, on average.</summary>
    public required double OwnSends { get; init; }

    public required int Memories { get; init; }

    /// <summary>Devices in each of them, on average.</summary>
    public required double MemoryDevices { get; init; }

    /// <summary>History notifications that the credentials name.</summary>
    public required int History { get; init; }
}
