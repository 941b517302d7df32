namespace HybridStore.Coordination;

/// <summary>What a commit must achieve, by the types it changes: the strictest decides.</summary>
/// <param name="overrides">The types whose durability was configured.</param>
internal sealed class DurabilityPolicy(IReadOnlyDictionary<string, Durability> overrides)
{
    /// <summary>The durability of a patch: what its caller demands, else the strictest of its types.</summary>
    public Durability Of(AuthPatch patch)
    {
        if (patch.Durability is { } demanded)
            return demanded;
        var strictest = Durability.Queued;
        foreach (var change in patch.ChangeValues)
        {
            var durability = Of(change.Key.Type);
            if (durability > strictest)
                strictest = durability;
        }

        return strictest;
    }

    /// <summary>The durability of a type. What can't be derived or fetched again goes to cold if it answers; so does what is not known.</summary>
    public Durability Of(string type) => overrides.TryGetValue(type, out var configured) ? configured : Default(type);

    private static Durability Default(string type) => type switch
    {
        AuthKeyTypes.SenderKeyMemory or AuthKeyTypes.LidMapping or AuthKeyTypes.DeviceList or AuthKeyTypes.TcToken
            or AuthKeyTypes.AppStateSyncVersion => Durability.Queued,
        _ => Durability.PersistedElseQueued,
    };
}
