namespace HybridStore.LoadTest.Traces;

/// <summary>
/// A message of one peer and the bot's answer: a session is read and written; then the sessions of all of the peer's devices and of the bot's own are read one by one, and written at once. Few peers
/// write most (Zipf). One message in 500 begins a session and uses a pre-key.
/// </summary>
internal sealed class ChatTrace(int session, SessionModel model, Random random)
{
    private readonly Zipf _peers = new(model.Peers.Count);

    public TraceMessage Next()
    {
        var peer = _peers.Next(random);
        var operations = new List<TraceOperation>();
        Receive(operations, peer);
        operations.Add(new TraceOperation.Get(SessionModel.Token(peer), model.SizeOf(SessionModel.Token(peer))));
        var devices = model.Peers[peer];
        foreach (var device in devices)
            operations.Add(new TraceOperation.Get(device, model.SizeOf(device)));

        // Answers in other chats write these too.
        foreach (var device in model.OwnDevices)
            operations.Add(new TraceOperation.Get(device, TraceOperation.Any));
        operations.Add(new TraceOperation.Commit([.. devices.Concat(model.OwnDevices).Select(Advance)]));
        return new TraceMessage(session, peer, operations);
    }

    /// <summary>What a message of a peer's first device takes.</summary>
    public void Receive(List<TraceOperation> operations, int peer, int newSessions = 2)
    {
        var device = model.Peers[peer][0];
        if (random.Next(1000) >= newSessions)
        {
            operations.Add(new TraceOperation.Get(device, model.SizeOf(device)));
            operations.Add(new TraceOperation.Commit([Advance(device)]));
            return;
        }

        var identity = SessionModel.IdentityOf(device);
        var preKey = model.TakePreKey();
        operations.Add(new TraceOperation.Get(identity, model.SizeOf(identity)));
        operations.Add(new TraceOperation.Get(device, model.SizeOf(device)));
        operations.Add(new TraceOperation.Get(preKey, model.SizeOf(preKey)));
        operations.Add(new TraceOperation.Commit([model.Write(identity, ValueSizes.Identity)]));
        operations.Add(new TraceOperation.Commit([Advance(device), model.Delete(preKey)]));
    }

    private StateRecord Advance(AuthKey device) => model.Write(device, model.SizeOf(device) + ValueSizes.RoundTrip);
}
