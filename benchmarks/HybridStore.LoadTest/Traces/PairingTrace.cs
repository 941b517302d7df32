namespace HybridStore.LoadTest.Traces;

/// <summary>Pairing and the first synchronisation: credentials ten times, 812 pre-keys at once, keys that are shared, 20 notifications of history with their pairs of numbers, and five collections page by page.</summary>
internal sealed class PairingTrace(int session, SessionModel model, Profile profile, Random random)
{
    private const int CredentialSaves = 10;
    private const int PreKeys = 812;
    private const int SyncKeys = 5;
    private const int Notifications = 20;

    // A notification of history names so many contacts at the least.
    private const int FewestContacts = 100;

    private int _contacts;

    /// <param name="mostContacts">How many contacts a notification of history names at the most.</param>
    public IEnumerable<TraceMessage> Messages(int mostContacts)
    {
        for (var i = 0; i < CredentialSaves; i++)
            yield return Message(Commit(model.Write(AuthKey.Creds, ValueSizes.Creds(0))));
        yield return Message(new TraceOperation.Commit([.. Enumerable.Range(1, PreKeys).Select(i => model.Write(SessionModel.PreKey(i), ValueSizes.PreKey))]));
        for (var i = 0; i < SyncKeys; i++)
            yield return Message(Commit(model.Write(new AuthKey(AuthKeyTypes.AppStateSyncKey, $"AAAAA{i}/="), ValueSizes.SyncKey(random))), Commit(model.Write(AuthKey.Creds, ValueSizes.Creds(0))));
        for (var i = 1; i <= Notifications; i++)
            yield return History(i, mostContacts);
        for (var i = 0; i < profile.SyncEntries.Count; i++)
        {
            var pages = random.Next(3, 21);
            for (var page = 1; page <= pages; page++)
                yield return Page(i, (profile.SyncEntries[i] * page) / pages);
        }
    }

    private static TraceOperation.Commit Commit(StateRecord record) => new([record]);

    private TraceMessage Message(params TraceOperation[] operations) => new(session, Lane: 0, operations);

    private TraceMessage History(int notification, int mostContacts)
    {
        double fewest = Math.Min(FewestContacts, mostContacts);
        var contacts = Enumerable.Range(_contacts, (int)(fewest * Math.Pow((double)mostContacts / fewest, random.NextDouble()))).ToArray();
        _contacts += contacts.Length;
        return Message(
            new TraceOperation.GetMany([.. contacts.Select(SessionModel.LidOf)]),
            new TraceOperation.Commit([.. contacts.SelectMany(static c => (AuthKey[])[SessionModel.LidOf(c), SessionModel.PhoneOf(c)]).Select(k => model.Write(k, ValueSizes.LidMapping))]),
            Commit(model.Write(AuthKey.Creds, ValueSizes.Creds(notification))));
    }

    private TraceMessage Page(int number, int entries)
    {
        var collection = SessionModel.Collection(number);
        return Message(
            new TraceOperation.Get(collection, model.SizeOf(collection)),
            new TraceOperation.Get(model.Records.First(static r => r.Key.Type == AuthKeyTypes.AppStateSyncKey).Key, TraceOperation.Any),
            Commit(model.Write(collection, ValueSizes.SyncVersion(entries))));
    }
}
