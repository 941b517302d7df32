namespace HybridStore.LoadTest.Traces;

/// <summary>One message to many devices: their sessions are read one by one, and written at once. The next goes to the devices after them.</summary>
internal sealed class BroadcastTrace(int session, SessionModel model, int devices)
{
    private int _first;

    public TraceMessage Next()
    {
        var to = Enumerable.Range(_first, Math.Min(devices, model.Sessions.Count)).Select(i => model.Sessions[i % model.Sessions.Count]).ToArray();
        _first = (_first + to.Length) % model.Sessions.Count;
        var operations = to.Select(TraceOperation (d) => new TraceOperation.Get(d, model.SizeOf(d))).ToList();
        operations.Add(new TraceOperation.Commit([.. to.Select(d => model.Write(d, model.SizeOf(d) + ValueSizes.RoundTrip))]));
        return new TraceMessage(session, Lane: 0, operations);
    }
}
