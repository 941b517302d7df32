using System.Diagnostics;
using System.Diagnostics.Metrics;
using HybridStore.Conformance.Leaks;
using Microsoft.Extensions.Logging;
using Xunit.Sdk;

namespace HybridStore.Conformance.Tests.Leaks;

#pragma warning disable CA1848, CA1873 // It is planted in the plainest way.

/// <summary>What is planted in each place that is watched is found there.</summary>
public sealed class LeakWatchTests : IDisposable
{
    private const string Secret = "do-not-tell-anybody";
    private readonly LeakWatch _watch = new();

    public LeakWatchTests() => _watch.Detector.Add("the secret", Secret);

    public void Dispose() => _watch.Dispose();

    [Fact]
    public void Quiet_Run_IsQuiet()
    {
        _watch.Logger<LeakWatchTests>().LogTrace("Nothing to see.");

        _watch.AssertNone();
        Assert.Equal(1, _watch.LogLines);
    }

    [Fact]
    public void Log_Message_IsSearched() => Convicts(() => _watch.Logger<LeakWatchTests>().LogTrace("It is {What}.", Secret), "log message");

    [Fact]
    public void Log_ValueThatTheTextDoesNotShow_IsSearched() =>
        Convicts(() => _watch.Logger<LeakWatchTests>().Log(LogLevel.Debug, default, new Dictionary<string, object?> { ["x"] = System.Text.Encoding.UTF8.GetBytes(Secret) }, null, (_, _) => "text"), "log message");

    [Fact]
    public void Log_Scope_IsSearched() => Convicts(() => _watch.Logger<LeakWatchTests>().BeginScope(Secret), "scope");

    [Fact]
    public void Log_Exception_IsSearched() => Convicts(() => _watch.Logger<LeakWatchTests>().LogError(new InvalidOperationException("x", new InvalidOperationException(Secret)), "Oh."), "InvalidOperationException");

    [Fact]
    public void Exception_ThatWasCaught_IsSearched() => Convicts(
        () =>
        {
            try
            {
                throw new InvalidOperationException("x", new AggregateException(new NotSupportedException { Data = { ["key"] = Secret } }));
            }
            catch (InvalidOperationException)
            {
            }
        },
        "data");

    [Fact]
    public void Metric_Label_IsSearched()
    {
        using var meter = new Meter("HybridStore.Tests");
        var counter = meter.CreateCounter<long>("planted");

        Convicts(() => counter.Add(1, new KeyValuePair<string, object?>("label", Secret)), "metric planted");
    }

    [Fact]
    public void Trace_Tag_IsSearched()
    {
        using var source = new ActivitySource("HybridStore.Tests");

        Convicts(() => source.StartActivity("planted")!.SetTag("tag", Secret).Dispose(), "trace HybridStore.Tests/planted");
    }

    [Fact]
    public void Text_BeforeTheSecretIsKnown_IsSearchedAgain()
    {
        _watch.Logger<LeakWatchTests>().LogTrace("It will be known-only-later.");
        _watch.Detector.Add("the later one", "known-only-later");

        Convicts(() => { }, "the later one");
    }

    [Fact]
    public void Failure_DoesNotShowTheSecret()
    {
        _watch.See("somewhere", Secret);

        Assert.DoesNotContain(Secret, Assert.Throws<FailException>(_watch.AssertNone).Message, StringComparison.Ordinal);
    }

    private void Convicts(Action act, string where)
    {
        act();

        Assert.Contains(where, Assert.Throws<FailException>(_watch.AssertNone).Message, StringComparison.Ordinal);
    }
}
