using HybridStore;

namespace WhatsAppBot.Tests;

/// <summary>The sample's own folder with a trace played over it in memory.</summary>
internal sealed class Played
{
    public const long Seed = 7;

    private Progress _progress = Progress.None(Seed);

    private Played(Dictionary<AuthKey, ReadOnlyMemory<byte>> folder)
    {
        Folder = folder;
        Trace = new Trace(Seed, Roster.Of(folder));
        Values = new Dictionary<AuthKey, ReadOnlyMemory<byte>>(folder);
        Versions = folder.Keys.ToDictionary(k => k, _ => 1L);
    }

    public IReadOnlyDictionary<AuthKey, ReadOnlyMemory<byte>> Folder { get; }

    public Trace Trace { get; }

    public Dictionary<AuthKey, ReadOnlyMemory<byte>> Values { get; }

    public Dictionary<AuthKey, long> Versions { get; }

    public static async Task<Played> StartAsync() =>
        new(await AuthFolder.ReadAsync(Path.Join(AppContext.BaseDirectory, "auth_info"), TestContext.Current.CancellationToken));

    /// <summary>Plays the next step and gives what it did, before and after.</summary>
    public (Step Step, AuthPatch Patch, Dictionary<AuthKey, ReadOnlyMemory<byte>> Read) Next()
    {
        var step = Trace.StepAt(_progress.Step + 1);
        var read = step.Reads.Where(Values.ContainsKey).ToDictionary(k => k, k => Values[k]);
        var patch = step.MakePatch(read, _progress, out _progress);
        foreach (var change in patch.Changes)
        {
            if (change.Value is { } value)
                (Values[change.Key], Versions[change.Key]) = (value, 1 + step.Number);
            else
                Values.Remove(change.Key);
        }

        return (step, patch, read);
    }

    /// <summary>Plays on to the next step of a kind.</summary>
    public (Step Step, AuthPatch Patch, Dictionary<AuthKey, ReadOnlyMemory<byte>> Read) Next(StepKind kind)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (Next() is var played && played.Step.Kind == kind)
                return played;
        }

        throw new InvalidOperationException($"No {kind} in 1,000 steps.");
    }
}
