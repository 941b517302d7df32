using System.Globalization;
using HybridStore.FaultLab.Checker;
using HybridStore.FaultLab.History;

namespace HybridStore.FaultLab.Tests.Checker;

/// <summary>A history of one session, told line by line; a line is a second after the one before.</summary>
internal sealed class Story
{
    public const long Second = 1_000_000_000;

    private readonly HistoryChecker _checker = new();
    private long _now;

    public IReadOnlyDictionary<Violation, int> Violations => _checker.Violations;

    public long Acknowledged => _checker.Acknowledged;

    /// <summary>Asks, and is answered.</summary>
    public Story Commit(int writer, int number, long version, string registers, long epoch = 1, char outcome = 'P', bool isRepeat = false) =>
        Ask(writer, number, registers, epoch).Receipt(writer, number, version, outcome, isRepeat);

    public Story Ask(int writer, int number, string registers, long epoch = 1) => Line(writer, $"A 0 {number} {epoch} {registers}");

    public Story Receipt(int writer, int number, long version, char outcome = 'P', bool isRepeat = false) => Line(writer, $"C {number} 1 {version} {outcome} {(isRepeat ? 1 : 0)}");

    public Story Fail(int writer, int number, char how) => Line(writer, $"X {number} {how} StoreUnavailableException");

    /// <param name="reader">The process.</param>
    /// <param name="who">H, O or F.</param>
    /// <param name="version">The session's version.</param>
    /// <param name="registers">Each as <c>register:version:writer:number</c>.</param>
    public Story Read(int reader, char who, long version, string registers) => Line(reader, $"R 0 {_now + 1} {who} 1 {version} {registers}");

    public Story Open(int writer, bool isRolledBack = false, long epoch = 1) => Line(writer, $"O 0 {_now} {epoch} {(isRolledBack ? 1 : 0)}");

    public Story Line(int writer, string rest)
    {
        _now += Second;
        Assert.True(HistoryEvent.TryParse(string.Create(CultureInfo.InvariantCulture, $"{_now} {rest} ."), out var line));
        _checker.Take(writer, line);
        return this;
    }

    /// <summary>A minute in which nothing happens.</summary>
    public Story Later()
    {
        _now += 60 * Second;
        return this;
    }
}
