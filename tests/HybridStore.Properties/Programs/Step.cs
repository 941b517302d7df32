namespace HybridStore.Properties.Programs;

/// <summary>One line of a program. It prints as one could write it: stores are h0 to h2, sessions s0 to s2, records k0 to k7.</summary>
internal abstract record Step
{
    /// <summary>Simpler steps of the same kind.</summary>
    public virtual IEnumerable<Step> Smaller() => [];
}

internal sealed record Get(int Handle, int Session, int Key) : Step
{
    public override string ToString() => $"await h{Handle}.GetAsync(s{Session}, k{Key});";
}

internal sealed record GetMany(int Handle, int Session, IReadOnlyList<int> Keys) : Step
{
    public override IEnumerable<Step> Smaller() => Support.Smaller.List(Keys).Select(keys => this with { Keys = keys });

    public override string ToString() => $"await h{Handle}.GetManyAsync(s{Session}, [{string.Join(", ", Keys.Select(k => $"k{k}"))}]);";
}

/// <param name="Key">Which record.</param>
/// <param name="Number">Which value, or <see langword="null"/> to delete it.</param>
/// <param name="Length">How long the value is.</param>
internal sealed record Change(int Key, int? Number, int Length)
{
    public byte[]? Value => Number is { } number ? World.Value(number, Length) : null;

    public override string ToString() => Number is { } number ? $".Set(k{Key}, Value({number}, {Length}))" : $".Delete(k{Key})";
}

/// <param name="Key">Which record, or <see langword="null"/> for the session.</param>
/// <param name="Off">How far the expected version is from the true one, but never below 0; a step only says this, because shorter programs have other versions.</param>
internal sealed record Expectation(int? Key, int Off)
{
    public override string ToString()
    {
        var version = Off == 0 ? "its version" : $"its version + {Off}";
        return Key is { } key ? $".Expect(k{key}, {version})" : $".ExpectSession({version})";
    }
}

internal sealed record Commit(int Handle, int Session, IReadOnlyList<Change> Changes, IReadOnlyList<Expectation> Expectations, bool ExpectNew) : Step
{
    public override IEnumerable<Step> Smaller()
    {
        foreach (var expectations in Support.Smaller.List(Expectations))
            yield return this with { Expectations = expectations };
        foreach (var changes in Support.Smaller.List(Changes, c => c.Length > 1 ? [c with { Length = 1 }] : []).Where(c => c.Count > 0))
            yield return this with { Changes = changes };
        if (ExpectNew)
            yield return this with { ExpectNew = false };
    }

    public override string ToString() =>
        $"await h{Handle}.CommitAsync(s{Session}, new AuthPatch(){string.Concat(Changes)}{string.Concat(Expectations)}{(ExpectNew ? ".ExpectSession(0)" : "")});";
}

/// <summary>A patch that was committed before, or tried to be: the same object, or made again with the same commit id.</summary>
/// <param name="Handle">The store.</param>
/// <param name="Which">Which of the patches so far, counted modulo their number.</param>
/// <param name="MadeAgain">Whether it is made again, as after a restart.</param>
internal sealed record Repeat(int Handle, int Which, bool MadeAgain) : Step
{
    public override string ToString() => $"await h{Handle}.CommitAsync(/* as */ patches[{Which} % patches.Count]{(MadeAgain ? " /* made again */" : "")});";
}

internal sealed record Delete(int Handle, int Session) : Step
{
    public override string ToString() => $"await h{Handle}.DeleteSessionAsync(s{Session});";
}

internal enum ImportFault
{
    None,
    Throws,
    Twice,
}

internal sealed record Import(int Handle, int Session, IReadOnlyList<Change> Records, ImportFault Fault) : Step
{
    public override IEnumerable<Step> Smaller() => Support.Smaller.List(Records).Select(records => this with { Records = records });

    public override string ToString() =>
        $"await h{Handle}.ImportAsync(s{Session}, [{string.Join(", ", Records.Select(r => $"(k{r.Key}, Value({r.Number}, {r.Length}))"))}]{(Fault == ImportFault.None ? "" : $" /* {Fault} */")});";
}

internal sealed record Enumerate(int Handle, int Session, string? Type) : Step
{
    public override string ToString() => $"await h{Handle}.EnumerateAsync(s{Session}{(Type is null ? "" : $", \"{Type}\"")});";
}

internal sealed record Verify(int Handle, int Session) : Step
{
    public override string ToString() => $"await h{Handle}.VerifyAsync(s{Session});";
}

internal sealed record Find(int Handle, int Session) : Step
{
    public override string ToString() => $"await h{Handle}.FindSessionAsync(s{Session});";
}

internal sealed record Summarize(int Handle, int Session) : Step
{
    public override string ToString() => $"await h{Handle}.SummarizeAsync(s{Session});";
}

/// <param name="Handle">The store.</param>
/// <param name="Tenant">The tenant of this session, or <see langword="null"/> for all.</param>
internal sealed record ListSessions(int Handle, int? Tenant) : Step
{
    public override string ToString() => $"await h{Handle}.ListSessionsAsync({(Tenant is { } t ? $"s{t}.Tenant" : "")});";
}

internal sealed record Reopen(int Handle) : Step
{
    public override string ToString() => $"await h{Handle}.DisposeAsync(); h{Handle} = Open();";
}

internal sealed record Wait(int Seconds) : Step
{
    public override string ToString() => $"time.Advance({Seconds} s);";
}
