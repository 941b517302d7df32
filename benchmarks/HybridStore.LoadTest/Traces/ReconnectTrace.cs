namespace HybridStore.LoadTest.Traces;

/// <summary>What a client reads and writes when it connects, and then what came while it was away: of 100 messages 55 of peers, 5 that begin a session, 40 of groups.</summary>
internal sealed class ReconnectTrace(int session, SessionModel model, Random random)
{
    private const int FewestMessages = 100;
    private const int MostMessages = 3000;

    public IEnumerable<TraceMessage> Messages(int? burst)
    {
        var operations = new List<TraceOperation> { Get(AuthKey.Creds), new TraceOperation.Get(SessionModel.PreKey(1), TraceOperation.Any) };
        for (var i = 0; i < 5; i++)
            operations.Add(Get(SessionModel.Collection(i)));
        foreach (var key in model.SyncKeys.Take(3))
            operations.Add(Get(key));
        operations.AddRange([Get(SessionModel.TokenIndex), Get(SessionModel.LidOf(0)), Get(SessionModel.Devices(0)), Get(model.OwnDevices[0])]);
        operations.Add(new TraceOperation.Commit([model.Write(SessionModel.Devices(0), ValueSizes.DeviceList(3))]));
        operations.Add(new TraceOperation.Commit([model.Write(SessionModel.LidOf(0), ValueSizes.LidMapping), model.Write(SessionModel.PhoneOf(0), ValueSizes.LidMapping)]));
        for (var saves = random.Next(6, 13); saves > 0; saves--)
            operations.Add(new TraceOperation.Commit([model.Write(AuthKey.Creds, model.SizeOf(AuthKey.Creds))]));
        yield return new TraceMessage(session, Lane: 0, operations);

        var chats = new ChatTrace(session, model, random);
        var groups = new GroupTrace(session, model, random);
        var (peers, among) = (new Zipf(model.Peers.Count), new Zipf(model.Groups.Count));
        for (var left = burst ?? (int)(FewestMessages * Math.Pow((double)MostMessages / FewestMessages, random.NextDouble())); left > 0; left--)
        {
            var received = new List<TraceOperation>();
            int lane;
            if (random.Next(100) < 60)
            {
                lane = peers.Next(random);
                chats.Receive(received, lane, newSessions: 83);
            }
            else
            {
                var group = among.Next(random);
                lane = model.Peers.Count + group;
                groups.Receive(received, group);
            }

            yield return new TraceMessage(session, lane, received);
        }
    }

    private TraceOperation.Get Get(AuthKey key) => new(key, model.SizeOf(key));
}
