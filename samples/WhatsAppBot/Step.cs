using HybridStore;

namespace WhatsAppBot;

/// <summary>One step of the trace: what is read, and what is committed given that.</summary>
/// <param name="Number">Which step, from 1.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Reads">The records it reads, one at a time and in this order, as WhatsApp clients do.</param>
/// <param name="Write">Adds the changes to a patch. It sees the records that were read and exist, and depends on nothing else.</param>
internal sealed record Step(
    long Number, StepKind Kind, IReadOnlyList<AuthKey> Reads, Action<IReadOnlyDictionary<AuthKey, ReadOnlyMemory<byte>>, AuthPatch> Write)
{
    /// <summary>Makes the step's one commit, with the progress record in it: state and progress can't part.</summary>
    public AuthPatch MakePatch(IReadOnlyDictionary<AuthKey, ReadOnlyMemory<byte>> read, Progress before, out Progress after)
    {
        var patch = new AuthPatch();
        Write(read, patch);
        after = before.Next(Number, patch.Changes);
        patch.Set(Progress.Key, after.ToBytes());

        // What was encrypted leaves once this is acknowledged: a key that was lost then would be used for a second message.
        if (Kind is StepKind.Reply or StepKind.GroupSend)
            patch.Require(Durability.Persisted);
        return patch;
    }
}
