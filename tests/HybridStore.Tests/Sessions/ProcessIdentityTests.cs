using System.Diagnostics;
using HybridStore.Sessions;

namespace HybridStore.Tests.Sessions;

public class ProcessIdentityTests
{
    private static readonly ProcessIdentity Mine = ProcessIdentity.OfThisProcess("bot");

    /// <summary>What makes a process id mean the same process, as identities of this machine say it.</summary>
    internal static string Scope => Parts(Mine.Text)[0];

    /// <summary>When a process started, as its identity says it.</summary>
    internal static string StartOf(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
    }

    [Fact]
    public void OfThisProcess_IsReadableAndUnique()
    {
        var other = ProcessIdentity.OfThisProcess("bot");

        Assert.StartsWith($"bot/{Environment.ProcessId}@", Mine.Text, StringComparison.Ordinal);
        Assert.NotEqual(Mine.Text, other.Text);
        Assert.StartsWith(Environment.MachineName + "/", ProcessIdentity.OfThisProcess(name: null).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void KnowsToBeDead_AnotherStoreOfThisProcess_No() => Assert.False(Mine.KnowsToBeDead(ProcessIdentity.OfThisProcess("a/b@c-d").Text));

    [Fact]
    public void KnowsToBeDead_AnEarlierProcessWithThisProcessId_Yes() =>
        Assert.True(Mine.KnowsToBeDead($"bot/{Environment.ProcessId}@{Scope}-1-00000000"));

    [Fact]
    public void KnowsToBeDead_AnotherMachine_No() =>
        Assert.False(Mine.KnowsToBeDead($"bot/{Environment.ProcessId}@0123456789ab-1-00000000"));

    [Fact]
    public void KnowsToBeDead_ALivingProcessThatCouldNotTellItsStart_No() =>
        Assert.False(Mine.KnowsToBeDead($"bot/{Environment.ProcessId}@{Scope}-?-00000000"));

    [Fact]
    public async Task KnowsToBeDead_AChild_OnceItHasEnded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a process to end at will.");
        using var child = Process.Start(new ProcessStartInfo("sleep", ["600"]))!;
        var text = $"bot/{child.Id}@{Scope}-{StartOf(child.Id)}-00000000";
        Assert.False(Mine.KnowsToBeDead(text));

        child.Kill();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(Mine.KnowsToBeDead(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("/")]
    [InlineData("/@")]
    [InlineData("@/")]
    [InlineData("pod-7")]
    [InlineData("pod/12@")]
    [InlineData("pod/@a-b-c")]
    [InlineData("pod/-1@{0}-1-0")]
    [InlineData("pod/+1@{0}-1-0")]
    [InlineData("pod/99999999999@{0}-1-0")]
    [InlineData("pod/1@{0}")]
    [InlineData("pod/1@{0}-1")]
    [InlineData("pod/1@{0}-1-0-0")]
    [InlineData("/1@{0}-1-0@")]
    [InlineData("ключ/१@{0}-1-0")]
    public void KnowsToBeDead_TextThatIsNoIdentity_No(string text) =>
        Assert.False(Mine.KnowsToBeDead(text.Replace("{0}", Scope, StringComparison.Ordinal)));

    private static string[] Parts(string text) => text[(text.LastIndexOf('@') + 1)..].Split('-');
}
