using System.Runtime.CompilerServices;

namespace HybridStore.Baileys;

/// <summary>Makes records of entries, checked as those of a folder are.</summary>
internal sealed class EntryImport(Func<CancellationToken, IAsyncEnumerable<BaileysEntry>> entries, BaileysNaming naming, BaileysImportOptions options)
{
    public Tally Tally { get; } = new(options.Progress, total: null);

    public long Rewritten { get; private set; }

    // A store may begin the stream again after a failure.
    public async IAsyncEnumerable<AuthEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Tally.Restart();
        Rewritten = 0;
        var keys = new HashSet<AuthKey>();
        await foreach (var entry in entries(cancellationToken).ConfigureAwait(false))
        {
            var key = KeyOf(entry.Name);
            if (!keys.Add(key))
                throw new BaileysFormatException(BaileysFormatReason.NameCollision, $"Two entries are the record {key}; one of them is '{entry.Name}'.") { FileName = entry.Name, Key = key };
            var value = Check(entry, key);
            Tally.Add(key.Type, value.Length);
            yield return new AuthEntry(key, value);
        }

        if (!options.AllowMissingCreds && !keys.Contains(AuthKey.Creds))
            throw new BaileysFormatException(BaileysFormatReason.CredsMissing, keys.Count == 0 ? "There is no entry at all." : "There is no entry 'creds': without it, it is no auth state.");
    }

    private AuthKey KeyOf(string name)
    {
        var isName = naming == BaileysNaming.FileNames ? BaileysFileName.TryToKey(name + ".json", out var key) : BaileysFileName.TryToKeyOfTypeAndId(name, out key);
        return isName ? key : throw new BaileysFormatException(BaileysFormatReason.NotARecordName, $"The entry '{name}' has a name that no record has.") { FileName = name };
    }

    private ReadOnlyMemory<byte> Check(BaileysEntry entry, AuthKey key)
    {
        if (entry.Json.IsEmpty)
            throw Fault(BaileysFormatReason.FileEmpty, entry, key, "is empty.");
        if (!BufferJson.TryNormalize(entry.Json, out var value, out var rewritten, out var fault))
        {
            throw new BaileysFormatException(fault.Reason, $"The entry '{entry.Name}' {fault.Describe()}")
            {
                FileName = entry.Name, Key = key, BytePosition = fault.Position,
            };
        }

        if (key == AuthKey.Creds && !BaileysCreds.AreIn(value.Span))
            throw Fault(BaileysFormatReason.CredsForeign, entry, key, "is not Baileys' credentials: noiseKey, signedIdentityKey or registrationId is missing.");
        if (value.Length > AuthLimits.MaxValueBytes)
            throw Fault(BaileysFormatReason.TooLarge, entry, key, $"has {value.Length} bytes; the most is {AuthLimits.MaxValueBytes}.");
        if (rewritten)
            Rewritten++;
        return value;
    }

    private static BaileysFormatException Fault(BaileysFormatReason reason, BaileysEntry entry, AuthKey key, string what) =>
        new(reason, $"The entry '{entry.Name}' {what}") { FileName = entry.Name, Key = key };
}
