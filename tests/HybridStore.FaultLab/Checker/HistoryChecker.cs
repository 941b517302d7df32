using HybridStore.FaultLab.Bots;
using HybridStore.FaultLab.History;

namespace HybridStore.FaultLab.Checker;

/// <summary>Judges the whole history of one setup.</summary>
internal sealed class HistoryChecker
{
    private const int MostTold = 20;

    private readonly Dictionary<int, SessionChecker> _sessions = [];
    private readonly Dictionary<CommitName, Write> _open = [];
    private readonly Dictionary<Violation, int> _violations = [];
    private readonly List<string> _told = [];
    private long _hotLost = -1;
    private long _hotRestarted = -1;

    public IReadOnlyDictionary<Violation, int> Violations => _violations;

    /// <summary>The first of them, for people.</summary>
    public IReadOnlyList<string> Told => _told;

    public long Acknowledged { get; private set; }

    public long Reads { get; private set; }

    public long Unknown { get; private set; }

    public long Refused { get; private set; }

    public int Rollbacks => _sessions.Values.Sum(static s => s.Rollbacks);

    /// <param name="writer">Whose line it is: the life of a bot.</param>
    /// <param name="line">The line.</param>
    public void Take(int writer, HistoryEvent line)
    {
        switch (line.Kind)
        {
            case HistoryEvent.Ask:
                var ask = new Write
                {
                    Name = new CommitName(writer, line.Int(1)),
                    Session = line.Int(0),
                    Asked = line.Time,
                    Floor = SessionOf(line.Int(0)).Acknowledged,
                    Epoch = line.Long(2),
                    Registers = [.. line.Words[3..].Select(static w => int.Parse(w, System.Globalization.CultureInfo.InvariantCulture))],
                };
                _open[ask.Name] = ask;
                break;
            case HistoryEvent.Receipt:
                Acknowledged++;
                if (_open.Remove(new CommitName(writer, line.Int(0)), out var write))
                {
                    SessionOf(write.Session).Receipt(write, line.Time, line.Long(2), line.Words[3] == "P", line.Words[4] == "1");
                    SessionOf(write.Session).KnownBy(line.Time, writer, line.Long(2));
                }

                break;
            case HistoryEvent.Failure:
                Fail(new CommitName(writer, line.Int(0)), line.Words[1] == "N");
                break;
            case HistoryEvent.Read:
                Reads++;
                SessionOf(line.Int(0)).Read(
                    line.Time, writer, line.Long(1), line.Words[2][0], line.Long(4), [.. line.Words[5..].Select(HistoryEvent.ParseSeen)], name => _open.GetValueOrDefault(name));
                break;
            case HistoryEvent.Open:
                SessionOf(line.Int(0)).Opened(line.Time, line.Long(2), line.Words[3] == "1", _hotLost, _hotRestarted);
                break;
            case HistoryEvent.WentBack:
                SessionOf(line.Int(0)).WentBack(line.Time);
                break;
            case HistoryEvent.Accept:
                SessionOf(line.Int(0)).ColdAccepted();
                break;
            case HistoryEvent.Wrong:
                Convict(line.Int(0), Enum.Parse<Violation>(line.Words[1]), string.Join(' ', line.Words[2..]));
                break;
            case HistoryEvent.HotLoses:
                _hotLost = line.Time;
                break;
            case HistoryEvent.HotRestarts:
                _hotRestarted = line.Time;
                break;
            case HistoryEvent.ColdCopied:
                foreach (var session in _sessions.Values)
                    session.ColdCopied();
                break;
            case HistoryEvent.ColdSetBack:
                foreach (var session in _sessions.Values)
                    session.ColdSetBack(line.Time);
                break;
        }
    }

    private void Fail(CommitName name, bool isRefused)
    {
        if (!isRefused)
        {
            Unknown++;
            return;
        }

        Refused++;
        if (_open.TryGetValue(name, out var write))
        {
            // What was seen meanwhile and is refused now was there all the same.
            if (write.Version != 0)
                Convict(write.Session, Violation.GhostCommit, $"{name} was refused, and seen at version {write.Version}");
            _open.Remove(name);
        }
    }

    private SessionChecker SessionOf(int session)
    {
        if (!_sessions.TryGetValue(session, out var checker))
            _sessions.Add(session, checker = new SessionChecker((kind, what) => Convict(session, kind, what)));
        return checker;
    }

    private void Convict(int session, Violation kind, string what)
    {
        _violations[kind] = _violations.GetValueOrDefault(kind) + 1;
        if (_told.Count < MostTold)
            _told.Add($"{kind}: session {session}: {what}");
    }
}
