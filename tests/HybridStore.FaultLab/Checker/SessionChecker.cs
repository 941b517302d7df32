using HybridStore.FaultLab.Bots;

namespace HybridStore.FaultLab.Checker;

/// <summary>Judges what all processes were told of one session, line by line in the order of time.</summary>
/// <remarks>
/// Versions order what was written; times order what may know of it. What is acknowledged counts from when it was written down, which is later than it was, and what is
/// asked from before it was asked: so nothing is judged that two processes could have done side by side.
/// </remarks>
internal sealed class SessionChecker(Action<Violation, string> convict)
{
    /// <summary>A rollback moves versions by 2^32; what moves by half of that is one.</summary>
    private const long Jump = 1L << 31;

    private readonly RegisterHistory[] _registers = [.. Register.All.Select(static _ => new RegisterHistory())];
    private readonly Floors _floors = new();
    private readonly List<Fork> _forks = [];
    private readonly Dictionary<int, Floors> _knownBy = [];
    private readonly List<(long Epoch, long Least, long Most)> _epochs = [];
    private long _newest;
    private long _persisted;
    private long _copied;
    private long _setBack = -1;
    private long _reported = -1;
    private bool _isAccepted;
    private (long Epoch, long Since) _queued = (-2, 0);

    /// <summary>The highest version that was acknowledged.</summary>
    public long Acknowledged => _floors.Highest;

    /// <summary>How many rollbacks were told.</summary>
    public int Rollbacks => _forks.Count;

    /// <param name="time">When it was told.</param>
    /// <param name="epoch">Under which epoch.</param>
    /// <param name="isRolledBack">What the session says.</param>
    /// <param name="lost">When hot began to lose something last.</param>
    /// <param name="restarted">When hot was started anew last.</param>
    public void Opened(long time, long epoch, bool isRolledBack, long lost, long restarted)
    {
        if (!isRolledBack)
            return;
        _reported = time;

        // Whoever has queued had a hot tier that was vouched for. Who comes right after it finds all of that, even over a restart. If others were in between, who may not
        // have got as far as to vouch, a restart leaves a doubt; without one there is none.
        var cause = Math.Max(lost, _setBack);
        if (epoch != _queued.Epoch + 1)
            cause = Math.Max(cause, restarted);
        if (_queued.Epoch > 0 && (cause < 0 || cause < _queued.Since - Slack))
            convict(Violation.RollbackWithoutCause, $"it says that it was rolled back under epoch {epoch}, though hot lost nothing and cold was not set back since epoch {_queued.Epoch} queued");
    }

    /// <summary>A copy of cold is made: what is acknowledged later may be gone if it is put in place.</summary>
    public void ColdCopied() => _copied = _persisted;

    public void ColdSetBack(long time)
    {
        _persisted = Math.Min(_persisted, _copied);
        _setBack = time;
    }

    /// <summary>The rollback that is told next is an operator's.</summary>
    public void ColdAccepted() => _isAccepted = true;

    public void WentBack(long time)
    {
        if (_setBack < 0)
            convict(Violation.WentBackWithoutCause, $"cold is said to have gone back at {time}, though it was never set back");
    }

    public void Receipt(Write write, long time, long version, bool isPersisted, bool isRepeat)
    {
        if (version <= write.Floor && !isRepeat)
            convict(Violation.VersionWentBack, $"{write.Name} was asked after version {write.Floor} was acknowledged, and was given version {version}");
        if (write.Version != 0 && write.Version != version && !isRepeat)
            convict(Violation.VersionTwice, $"{write.Name} was seen at version {write.Version}, and its receipt says {version}");
        if (write.Version == 0)
            Place(write, version, told: true);
        write.IsAcknowledged = true;
        if (isPersisted && version > _persisted && write.Asked > _setBack)
        {
            _persisted = version;
            foreach (var fork in _forks)
            {
                if (version >= fork.Begin || version <= fork.Kept)
                    continue;
                if (version >= fork.End)
                    convict(Violation.LostCommit, $"{write.Name} was acknowledged as persisted at version {version}, and a rollback to below {fork.End} took it");
                else
                    fork.Kept = version;
            }
        }

        if (!isPersisted && write.Epoch != _queued.Epoch)
            _queued = (write.Epoch, write.Asked);
        CheckEpoch(write, version);
        _floors.Add(time, version);
        if (write.Epoch > 0)
            CheckReported(version, $"{write.Name} was acknowledged");
    }

    /// <param name="time">When it was answered.</param>
    /// <param name="reader">The process.</param>
    /// <param name="asked">When it asked.</param>
    /// <param name="who">H, O or F: see <see cref="History.HistoryEvent.Read"/>.</param>
    /// <param name="at">The session's version.</param>
    /// <param name="registers">What was read.</param>
    /// <param name="find">Finds a commit that was asked and has no version yet.</param>
    public void Read(long time, int reader, long asked, char who, long at, IReadOnlyList<(int Register, Seen Seen)> registers, Func<CommitName, Write?> find)
    {
        var floor = _floors.Before(asked);
        if (who != 'O' && at < floor)
            convict(at == 0 ? Violation.AbsentAnswered : Violation.StaleRead, $"{(who == 'H' ? "the holder" : "the reader at the end")} read version {at}, and {floor} was acknowledged before");
        if (who == 'O' && at == 0 && floor > 0)
            convict(Violation.AbsentAnswered, $"the session was said not to exist, and version {floor} was acknowledged before");

        // What it learned while it waited for this answer, by another call, does not count.
        if (_knownBy.TryGetValue(reader, out var known) && known.Before(asked) is var before && at < before)
            convict(Violation.ReaderWentBack, $"process {reader} read version {at} after {before}");
        KnownBy(time, reader, at);
        Observe(at);

        foreach (var (register, seen) in registers)
        {
            if (seen.State == SeenState.There)
                Attribute(register, seen, find);
        }

        foreach (var (register, seen) in registers)
            Judge(register, seen, at, registers);
        if (who == 'H')
            CheckReported(at, "the holder read it");
    }

    /// <summary>Notes that a process knows the session to be at a version.</summary>
    public void KnownBy(long time, int reader, long version)
    {
        if (!_knownBy.TryGetValue(reader, out var known))
            _knownBy.Add(reader, known = new Floors());
        known.Add(time, version);
    }

    private const long Slack = 10_000_000_000;

    private void Attribute(int register, Seen seen, Func<CommitName, Write?> find)
    {
        var known = _registers[register].Writes.LastOrDefault(w => w.Version == seen.Version);
        if (known is not null && known.Name == seen.Commit)
            return;
        if (seen.Version < _registers[register].Forgotten)
            return;
        var write = find(seen.Commit);
        if (known is not null)
            convict(Violation.VersionTwice, $"{Register.All[register].Name} is at version {seen.Version} as {seen.Commit} made it, and {known.Name} was given that version");
        else if (write is null || write.IsRefused || !write.Registers.Contains(register))
            convict(Violation.GhostCommit, $"{Register.All[register].Name} is at version {seen.Version} as {seen.Commit} made it, which was {(write is null ? "not asked, or has another version" : "refused")}");
        else if (write.Version != 0)
            convict(Violation.VersionTwice, $"{seen.Commit} is at versions {write.Version} and {seen.Version}");
        else
            Place(write, seen.Version, told: false);
    }

    private void Place(Write write, long version, bool told)
    {
        write.Version = version;
        Observe(version);
        foreach (var register in write.Registers)
        {
            var history = _registers[register];
            if (history.Add(write) is { } other)
                convict(Violation.VersionTwice, $"{write.Name} and {other.Name} both have version {version}");
            var (at, found) = history.LastRead;
            if (version <= at && version > found && !IsGone(version, at) && !MayBeDropped(register, version, at))
                convict(told ? Violation.LostCommit : Violation.GhostCommit, $"{write.Name} has version {version}, and a read at version {at} found {Register.All[register].Name} at {found}");
        }
    }

    private void Judge(int register, Seen seen, long at, IReadOnlyList<(int Register, Seen Seen)> together)
    {
        var name = Register.All[register].Name;
        if (seen.State == SeenState.Foreign)
        {
            convict(Violation.ForeignValue, $"{name} holds what nobody wrote to it, at version {seen.Version}");
            return;
        }

        if (seen.State == SeenState.Torn)
        {
            convict(Register.All[register].IsEither || register == 3 ? Violation.GroupBroken : Violation.TornPatch, $"{name} holds a part of {seen.Commit}, at version {seen.Version}");
            return;
        }

        if (seen.Version > at)
            convict(Violation.TornPatch, $"{name} is at version {seen.Version} in a read at version {at}");
        if (seen.State == SeenState.There && IsDropped(register, seen, at))
            convict(Violation.Resurrected, $"{name} was read as {seen.Commit} made it at version {seen.Version}, by a read at {at}: after an older database was accepted it must not be used again");
        var required = Required(register, at);
        if (required is not null && seen.Version < required.Version)
        {
            var isTorn = together.Any(t => t.Seen.Version >= required.Version && t.Seen.Commit == required.Name);
            var kind = isTorn ? Violation.TornPatch
                : seen.State == SeenState.Absent ? Violation.AbsentAnswered
                : Register.All[register].IsEither && seen.Commit.Number % 2 != 0 && required.Name.Number % 2 == 0 ? Violation.Resurrected
                : at >= _forks.LastOrDefault()?.Begin ? Violation.LostQueuedUnreported
                : Violation.LostCommit;
            convict(kind, $"{name} was read at version {seen.Version} by a read at {at}, and {required.Name} {(required.IsAcknowledged ? "was acknowledged" : "was seen")} at {required.Version}");
        }

        Narrow(register, seen.Version, at);
        if (at >= _registers[register].LastRead.At)
            _registers[register].LastRead = (at, seen.Version);
    }

    /// <summary>The newest commit that a read at this version must show, at least.</summary>
    private Write? Required(int register, long at)
    {
        var writes = _registers[register].Writes;
        for (var i = writes.Count - 1; i >= 0; i--)
        {
            if (writes[i].Version <= at && !MayBeGone(writes[i].Version, at) && !MayBeDropped(register, writes[i].Version, at))
                return writes[i];
        }

        return null;
    }

    private bool IsGone(long version, long at) => _forks.Exists(f => at >= f.Begin && version >= f.End && version < f.Begin);

    private bool MayBeGone(long version, long at) => _forks.Exists(f => at >= f.Begin && version > f.Kept && version < f.Begin);

    private bool IsDropped(int register, Seen seen, long at) =>
        Register.All[register].Drops(seen.Commit) && _forks.Exists(f => f.IsAccepted && at >= f.Begin && seen.Version < f.Begin);

    /// <summary>Whether the operator's way out may have taken what was written at a version, or what took its place.</summary>
    private bool MayBeDropped(int register, long version, long at) => _forks.Exists(
        f => f.IsAccepted && at >= f.Begin && version < f.Begin
            && _registers[register].Writes.Any(w => w.Version >= version && w.Version < f.Begin && Register.All[register].Drops(w.Name)));

    /// <summary>What was read after a rollback tells how far back it went: all registers must agree.</summary>
    private void Narrow(int register, long found, long at)
    {
        // What was dropped tells nothing.
        if (found == 0 && (Register.All[register].IsDroppedByGoingBack || Register.All[register].IsEither) && _forks.Exists(f => f.IsAccepted && at >= f.Begin))
            return;
        foreach (var fork in _forks)
        {
            if (at < fork.Begin || found >= fork.Begin)
                continue;
            if (found >= fork.End)
            {
                convict(Violation.TornPatch, $"{Register.All[register].Name} is at {found} after a rollback to below {fork.End}");
                continue;
            }

            fork.Kept = Math.Max(fork.Kept, found);
            foreach (var write in _registers[register].Writes)
            {
                if (write.Version > found && write.Version < fork.End && write.Version < fork.Begin && write.Version > fork.Kept)
                {
                    fork.End = write.Version;
                    break;
                }
            }
        }
    }

    private void Observe(long version)
    {
        if (version > _newest + Jump && _newest > 0)
        {
            _forks.Add(new Fork(Math.Min(_persisted, _newest), _newest, version, _isAccepted));
            _isAccepted = false;
        }
        else if (_forks.Count > 0 && version < _forks[^1].Begin && version > _forks[^1].Before + Jump)
            (_forks[^1].Begin, _forks[^1].End) = (version, Math.Min(_forks[^1].End, version));
        _newest = Math.Max(_newest, version);
    }

    private void CheckReported(long version, string what)
    {
        if (_forks.Count > 0 && version >= _forks[^1].Begin && _reported < 0)
            convict(Violation.LostQueuedUnreported, $"{what} at version {version}, beyond a rollback that nobody who opened the session was told of");
    }

    private void CheckEpoch(Write write, long version)
    {
        if (write.Epoch == 0)
            return;
        for (var i = 0; i < _epochs.Count; i++)
        {
            var (epoch, least, most) = _epochs[i];
            if (Math.Abs(version - least) > Jump)
                continue;
            if ((epoch < write.Epoch && most > version) || (epoch > write.Epoch && least < version))
                convict(Violation.TwoWriters, $"{write.Name} was given version {version} under epoch {write.Epoch}, and epoch {epoch} made {least} to {most}");
        }

        var at = _epochs.FindIndex(e => e.Epoch == write.Epoch && Math.Abs(version - e.Least) < Jump);
        if (at >= 0)
            _epochs[at] = (write.Epoch, Math.Min(_epochs[at].Least, version), Math.Max(_epochs[at].Most, version));
        else
            _epochs.Add((write.Epoch, version, version));
        if (_epochs.Count > 32)
            _epochs.RemoveAt(0);
    }
}
