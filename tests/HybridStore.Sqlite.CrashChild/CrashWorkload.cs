using System.Buffers.Binary;

namespace HybridStore.Sqlite.CrashChild;

/// <summary>
/// What the killed process commits, so that who finds the file knows what must be in it: everything follows from a committer's number and how many
/// commits it has made, and from how many steps the session that comes and goes has taken.
/// </summary>
public static class CrashWorkload
{
    public const int Committers = 5;

    /// <summary>The session that is imported, changed, and deleted, over and over.</summary>
    public static readonly AuthSessionId Churn = new("crash", "churn");

    private const int Sessions = 3;
    private const int GroupSize = 4;
    private const int ChurnSteps = 4;
    private const int BigLength = 150_000;

    /// <summary>The session of a committer; some share one.</summary>
    public static AuthSessionId SessionOf(int committer) => new("crash", $"bot-{committer % Sessions}");

    /// <summary>The record that every commit of a committer sets; its value begins with the commit's number.</summary>
    public static AuthKey Head(int committer) => new(AuthKeyTypes.Session, $"{committer}-0");

    /// <summary>Every record that a committer ever sets.</summary>
    public static IReadOnlyList<AuthKey> KeysOf(int committer) =>
        [.. Enumerable.Range(0, GroupSize).Select(i => new AuthKey(AuthKeyTypes.Session, $"{committer}-{i}")), Flip(committer), Big(committer), .. CredsOf(committer)];

    /// <summary>The number of the commit that wrote a value.</summary>
    public static long NumberIn(AuthRecord record) => record.Exists ? BinaryPrimitives.ReadInt64LittleEndian(record.Value.Span) : 0;

    /// <summary>Which of the committer's commits wrote a record last, when it has made so many; 0: the record does not exist.</summary>
    public static long WriterOf(int committer, AuthKey key, long number)
    {
        if (key == Flip(committer))
            return number % 2 == 0 ? number : 0;
        if (key == Big(committer))
            return number - (number % 7);
        return key == AuthKey.Creds ? number - (number % 5) : number;
    }

    /// <summary>What a commit writes to a record.</summary>
    public static byte[] Value(int committer, AuthKey key, long number)
    {
        var value = new byte[key == Big(committer) ? BigLength : 64 + (int)(number % 500)];
        new Random(HashCode(committer, key, number)).NextBytes(value);
        BinaryPrimitives.WriteInt64LittleEndian(value, number);
        return value;
    }

    /// <summary>The patch of a commit; made again, it has the same commit id.</summary>
    /// <param name="committer">Whose.</param>
    /// <param name="number">Which, from 1.</param>
    /// <param name="headVersion">The version of <see cref="Head"/>, on which every third depends.</param>
    public static AuthPatch Patch(int committer, long number, long headVersion)
    {
        var patch = new AuthPatch(new CommitId(new Guid(0x48_53, (short)committer, 0, BitConverter.GetBytes(number))));
        foreach (var key in KeysOf(committer))
        {
            var writer = WriterOf(committer, key, number);
            if (writer == number)
                patch.Set(key, Value(committer, key, number));
            else if (writer == 0)
                patch.Delete(key);
        }

        return number % 3 == 0 ? patch.Expect(Head(committer), headVersion) : patch;
    }

    /// <summary>How many steps the coming and going session has taken: import, change, change, delete make four.</summary>
    /// <param name="incarnation">Its life, or the last that ended.</param>
    /// <param name="version">Its version; 0: it does not exist.</param>
    public static long ChurnStepAt(long incarnation, long version) => version == 0 ? incarnation * ChurnSteps : ((incarnation - 1) * ChurnSteps) + version;

    /// <summary>What the coming and going session has after so many steps; nothing if it does not exist.</summary>
    public static IReadOnlyList<(AuthKey Key, long Version, byte[] Value)> ChurnRecordsAt(long step)
    {
        var version = step % ChurnSteps;
        if (version == 0)
            return [];
        var life = (step / ChurnSteps) + 1;
        return
        [
            .. Enumerable.Range(0, ChurnRecords(life)).Select(i => ChurnKey(i))
                .Select(key => (key, Changed(key) ? version : 1, Value(-1, key, Changed(key) ? step : step - version + 1))),
        ];
    }

    /// <summary>Takes the next step of the coming and going session.</summary>
    public static async Task ChurnAsync(IAuthStateStore store, long step, CancellationToken cancellationToken)
    {
        switch (step % ChurnSteps)
        {
            case 1:
                await store.ImportAsync(Churn, Entries(step), cancellationToken);
                break;
            case 0:
                await store.DeleteSessionAsync(Churn, cancellationToken);
                break;
            default:
                var patch = new AuthPatch();
                foreach (var (key, _, value) in ChurnRecordsAt(step).Where(r => Changed(r.Key)))
                    patch.Set(key, value);
                await store.CommitAsync(Churn, patch, cancellationToken);
                break;
        }
    }

    // Some imports are written in several parts.
    private static int ChurnRecords(long life) => life % 4 == 0 ? 5000 : 40;

    private static AuthKey ChurnKey(int i) => new(AuthKeyTypes.PreKey, $"{i:D5}");

    private static bool Changed(AuthKey key) => key.Id is "00003" or "00007" or "00039";

    private static AuthKey Flip(int committer) => new(AuthKeyTypes.PreKey, $"{committer}-flip");

    private static AuthKey Big(int committer) => new(AuthKeyTypes.AppStateSyncVersion, $"{committer}-big");

    private static IEnumerable<AuthKey> CredsOf(int committer) => committer < Sessions ? [AuthKey.Creds] : [];

    private static async IAsyncEnumerable<AuthEntry> Entries(long step)
    {
        foreach (var (key, _, value) in ChurnRecordsAt(step))
            yield return new AuthEntry(key, value);
        await Task.CompletedTask;
    }

    // The same in every process.
    private static int HashCode(int committer, AuthKey key, long number)
    {
        var hash = unchecked((committer * 397) + (int)number);
        foreach (var c in key.Id)
            hash = unchecked((hash * 31) + c);
        return hash;
    }
}
