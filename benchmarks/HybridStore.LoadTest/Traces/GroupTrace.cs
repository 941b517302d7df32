namespace HybridStore.LoadTest.Traces;

/// <summary>Groups in which others write nine of ten messages: a sender key is read and written. For the tenth, the bot's own key grows and is written whole, with the memory of who has it, unchanged.</summary>
internal sealed class GroupTrace(int session, SessionModel model, Random random)
{
    private const int OwnSend = 223;
    private readonly Zipf _groups = new(model.Groups.Count);

    public TraceMessage Next()
    {
        var number = _groups.Next(random);
        var operations = new List<TraceOperation>();
        var group = model.Groups[number];
        if (random.Next(10) > 0 || model.SizeOf(group.Own) < 0)
            Receive(operations, number);
        else
            Send(operations, group);
        return new TraceMessage(session, number, operations);
    }

    /// <summary>What a message in a group takes.</summary>
    public void Receive(List<TraceOperation> operations, int group)
    {
        var senders = model.Groups[group].Senders;
        var key = senders[random.Next(senders.Count)];
        operations.Add(new TraceOperation.Get(key, model.SizeOf(key)));
        operations.Add(new TraceOperation.Commit([model.Write(key, model.SizeOf(key))]));
    }

    private void Send(List<TraceOperation> operations, GroupModel group)
    {
        var size = model.SizeOf(group.Own);
        operations.Add(new TraceOperation.Get(group.Own, size));
        operations.Add(new TraceOperation.Get(group.Memory, model.SizeOf(group.Memory)));
        var own = model.Write(group.Own, Math.Min(size + OwnSend, ValueSizes.OwnSenderKey(ValueSizes.MostSends)));
        operations.Add(new TraceOperation.Commit(model.SizeOf(group.Memory) < 0 ? [own] : [own, model.WriteSame(group.Memory)]));
    }
}
