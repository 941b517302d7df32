using FsCheck;
using FsCheck.Fluent;

namespace HybridStore.Properties.Programs;

/// <summary>What one task of a concurrent program does.</summary>
internal enum Act
{
    /// <summary>Reads the counter and commits one more on the condition that nobody came between, with all records of the group.</summary>
    Count,

    /// <summary>Sets the group of records to a new tag, and the task's own record to it as well.</summary>
    SetGroup,

    /// <summary>Sets the task's own record.</summary>
    SetOwn,

    /// <summary>Deletes the task's own record.</summary>
    DeleteOwn,

    /// <summary>Commits the task's last patch again.</summary>
    Repeat,

    /// <summary>Reads the group, the counter and the own record at once.</summary>
    Read,

    /// <summary>Reads one record.</summary>
    ReadOne,

    /// <summary>Deletes the second session.</summary>
    DeleteSecond,

    /// <summary>Imports the second session, if it does not exist.</summary>
    ImportSecond,

    /// <summary>Commits the group in the second session.</summary>
    CommitSecond,

    /// <summary>Reads the group in the second session.</summary>
    ReadSecond,

    /// <summary>Enumerates the second session.</summary>
    EnumerateSecond,
}

/// <param name="Handle">The store that the task uses; tasks share them.</param>
/// <param name="Acts">What it does, in order.</param>
internal sealed record TaskProgram(int Handle, IReadOnlyList<Act> Acts)
{
    public override string ToString() => $"Task.Run(() => h{Handle}: {string.Join(", ", Acts)})";
}

/// <summary>What several tasks do at once.</summary>
internal sealed record ConcurrentProgram(IReadOnlyList<TaskProgram> Tasks)
{
    // Together fewer than AuthLimits.RememberedCommits, so that a repeat is recognised whatever the others did meanwhile.
    private const int MaxTasks = 4;
    private const int MaxActs = 15;

    public static Gen<ConcurrentProgram> Any { get; } =
        from tasks in Gen.Choose(2, MaxTasks).SelectMany(n => AnyTask().ListOf(n))
        select new ConcurrentProgram(tasks);

    public IEnumerable<ConcurrentProgram> Smaller() =>
        Support.Smaller.List(Tasks, t => Support.Smaller.List(t.Acts).Select(acts => t with { Acts = acts })).Select(tasks => new ConcurrentProgram(tasks));

    public override string ToString() => string.Join('\n', Tasks);

    private static Gen<TaskProgram> AnyTask() =>
        from handle in Gen.Choose(0, World.Handles - 1)
        from acts in Gen.Choose(5, MaxActs).SelectMany(n => Gen.Elements(Enum.GetValues<Act>()).ListOf(n))
        select new TaskProgram(handle, acts);
}
