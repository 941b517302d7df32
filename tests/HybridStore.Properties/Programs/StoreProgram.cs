using FsCheck;
using FsCheck.Fluent;

namespace HybridStore.Properties.Programs;

/// <summary>What several stores over one file are asked to do, one step after the other.</summary>
internal sealed record StoreProgram(IReadOnlyList<Step> Steps)
{
    /// <summary>Below <see cref="AuthLimits.RememberedCommits"/>, so that every repeat in a program is recognised.</summary>
    private const int MaxSteps = 50;

    public static Gen<StoreProgram> Any { get; } =
        Gen.Choose(1, MaxSteps).SelectMany(n => AnyStep().ListOf(n)).Select(steps => new StoreProgram(steps));

    public IEnumerable<StoreProgram> Smaller() => Support.Smaller.List(Steps, s => s.Smaller()).Select(steps => new StoreProgram(steps));

    public override string ToString() => string.Join('\n', Steps);

    private static Gen<Step> AnyStep()
    {
        var handle = Gen.Choose(0, World.Handles - 1);
        var session = Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, World.Sessions.Count - 1)));
        var key = Gen.Choose(0, World.Keys.Count - 1);
        var set = from k in key
            from number in Gen.Choose(0, 999)
            from length in Gen.Frequency((2, Gen.Constant(0)), (20, Gen.Choose(1, 200)), (2, Gen.Constant(6000)), (1, Gen.Constant(100_000)))
            select new Change(k, number, length);
        var change = Gen.Frequency((3, set), (1, key.Select(k => new Change(k, null, 0))));
        var expectation = from k in key
            from ofSession in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            from off in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 2)))
            select new Expectation(ofSession ? null : k, off);
        var commit = from h in handle
            from s in session
            from changes in Gen.Choose(1, 4).SelectMany(n => change.ListOf(n))
            from expectations in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 2))).SelectMany(n => expectation.ListOf(n))
            from expectNew in Gen.Frequency((19, Gen.Constant(false)), (1, Gen.Constant(true)))
            select (Step)new Commit(h, s, changes, expectations, expectNew);
        return Gen.Frequency(
            (12, commit),
            (6, from h in handle from s in session from k in key select (Step)new Get(h, s, k)),
            (6, from h in handle from s in session from keys in Gen.Choose(0, 4).SelectMany(n => key.ListOf(n)) select (Step)new GetMany(h, s, keys)),
            (3, from h in handle from which in Gen.Choose(0, 99) from again in Gen.Elements(false, true) select (Step)new Repeat(h, which, again)),
            (2, from h in handle from s in session select (Step)new Delete(h, s)),
            (2, from h in handle
                from s in session
                from records in Gen.Choose(0, 5).SelectMany(n => set.ListOf(n))
                from fault in Gen.Frequency((5, Gen.Constant(ImportFault.None)), (1, Gen.Constant(ImportFault.Throws)), (1, Gen.Constant(ImportFault.Twice)))
                select (Step)new Import(h, s, [.. records.DistinctBy(r => r.Key)], fault)),
            (2, from h in handle from s in session from type in Gen.Elements(null, "creds", "x", "none") select (Step)new Enumerate(h, s, type)),
            (1, from h in handle from s in session select (Step)new Verify(h, s)),
            (1, from h in handle from s in session select (Step)new Find(h, s)),
            (1, from h in handle from s in session select (Step)new Summarize(h, s)),
            (1, from h in handle from t in Gen.Elements(null, 0, 1, (int?)2) select (Step)new ListSessions(h, t)),
            (1, handle.Select(h => (Step)new Reopen(h))),
            (1, Gen.Choose(1, 15).Select(s => (Step)new Wait(s))));
    }
}
