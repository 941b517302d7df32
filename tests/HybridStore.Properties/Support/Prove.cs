using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using TestResult = FsCheck.TestResult;

namespace HybridStore.Properties.Support;

/// <summary>Tries a property on random inputs and shrinks one for which it does not hold.</summary>
internal static class Prove
{
    /// <summary>Multiplies the number of runs of every property.</summary>
    public const string RunsVariable = "HYBRIDSTORE_PROPERTY_RUNS";

    /// <summary>Begins with the input that a failure named.</summary>
    public const string ReplayVariable = "HYBRIDSTORE_PROPERTY_REPLAY";

    private static readonly int Factor = int.TryParse(Environment.GetEnvironmentVariable(RunsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var factor)
        ? Math.Max(1, factor)
        : 1;

    /// <summary>Fails if a property that throws where it does not hold throws for one of the inputs.</summary>
    public static Task ForAllAsync<T>(Gen<T> inputs, Action<T> property, Func<T, IEnumerable<T>>? shrink = null, int runs = 300) =>
        ForAllAsync(
            inputs,
            input =>
            {
                property(input);
                return Task.CompletedTask;
            },
            shrink,
            runs);

    /// <summary>The same for a property that waits.</summary>
    public static async Task ForAllAsync<T>(Gen<T> inputs, Func<T, Task> property, Func<T, IEnumerable<T>>? shrink = null, int runs = 300)
    {
        if (await FalsifyAsync(inputs, property, shrink, runs * Factor) is { } falsified)
            Assert.Fail(falsified.ToString());
    }

    /// <summary>Looks for an input for which the property does not hold.</summary>
    /// <returns>It, or <see langword="null"/> if there was none.</returns>
    public static async Task<Falsified<T>?> FalsifyAsync<T>(Gen<T> inputs, Func<T, Task> property, Func<T, IEnumerable<T>>? shrink, int runs)
    {
        var runner = new Runner();
        var config = Config.Quick.WithMaxTest(runs).WithRunner(runner);
        if (Environment.GetEnvironmentVariable(ReplayVariable) is { Length: > 0 } replay)
            config = config.WithReplay(FSharpOption<Replay>.Some(Parse(replay)));
        var arbitrary = shrink is null ? Arb.From(inputs) : Arb.From(inputs, shrink);

        // FsCheck waits for each run where it was called, which must not be a thread that the runs need.
        await Task.Run(() => Check.One(config, Prop.ForAll(arbitrary, property)), TestContext.Current.CancellationToken);
        switch (runner.Result)
        {
            case TestResult.Failed failed:
                var cause = failed.Item4 is Outcome.Failed { Item: var thrown } ? Unwrap(thrown) : new InvalidOperationException($"The run ended as {failed.Item4}.");
                var seed = string.Create(CultureInfo.InvariantCulture, $"{failed.Item6.Seed},{failed.Item6.Gamma},{failed.Item7}");
                return new Falsified<T>((T)failed.Item3.Head, (T)failed.Item2.Head, cause, failed.Item1.NumberOfTests, failed.Item1.NumberOfShrinks, seed);
            case TestResult.Passed:
                return null;
            default:
                throw new InvalidOperationException($"The property was not tried: {runner.Result}.");
        }
    }

    private static Exception Unwrap(Exception e) => e is AggregateException { InnerException: { } inner } ? Unwrap(inner) : e;

    private static Replay Parse(string text)
    {
        var parts = text.Split(',');
        return new Replay(
            new Rnd(ulong.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture)),
            FSharpOption<int>.Some(int.Parse(parts[2], CultureInfo.InvariantCulture)));
    }

    private sealed class Runner : IRunner
    {
        public TestResult? Result { get; private set; }

        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, TestResult result) => Result = result;
    }
}
