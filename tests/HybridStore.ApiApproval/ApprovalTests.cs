using System.Reflection;
using System.Text.RegularExpressions;

namespace HybridStore.ApiApproval;

/// <summary>
/// The public API of each library is a file here, <c>NAME.approved.txt</c>. A change to it is a change of that file, made by
/// <c>HYBRIDSTORE_APPROVE_API=1 dotnet test tests/HybridStore.ApiApproval</c> and read like any other.
/// </summary>
public partial class ApprovalTests
{
    private const string ApproveVariable = "HYBRIDSTORE_APPROVE_API";

    public static TheoryData<string> Libraries { get; } =
        [.. Directory.GetFiles(Setting("SourceFolder"), "*.csproj", SearchOption.AllDirectories)
            .Where(project => File.ReadAllText(project).Contains("<ProjectType>Library</ProjectType>", StringComparison.Ordinal))
            .Select(project => Path.GetFileNameWithoutExtension(project))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void PublicApi_OfEachLibrary_IsTheApprovedOne(string library)
    {
        Assert.SkipWhen(IsLeftOut(library), $"{library} is built empty here: the package feed lacks what it needs.");
        var path = Path.Combine(Setting("ApprovedFolder"), $"{library}.approved.txt");
        var received = PublicApi.Write(Assembly.Load(library)).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
            File.WriteAllText(path, received);
        var approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (received == approved)
            return;

        var (before, after) = (approved.Split('\n'), received.Split('\n'));
        Assert.Fail(
            $"""
            The public API of {library} is not the one in {library}.approved.txt:

            {string.Join('\n', before.Except(after).Select(line => $"- {line}").Concat(after.Except(before).Select(line => $"+ {line}")))}

            If that is meant, write the file anew and commit it with the change:

                {ApproveVariable}=1 dotnet test tests/HybridStore.ApiApproval -c Release
            """);
    }

    [Fact]
    public void Libraries_ThatAreApproved_AreAllThatHaveAFile() =>
        Assert.Equal(
            Libraries.Select(row => row.Data),
            Directory.GetFiles(Setting("ApprovedFolder"), "*.approved.txt").Select(file => Path.GetFileName(file).Replace(".approved.txt", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    private static bool IsLeftOut(string library)
    {
        var project = File.ReadAllText(Path.Combine(Setting("SourceFolder"), library, $"{library}.csproj"));
        var required = RequiredSets().Match(project).Groups[1].Value.Split(';', StringSplitOptions.RemoveEmptyEntries);
        return required.Any(set => Setting("MissingPackageSets").Contains($";{set};", StringComparison.Ordinal));
    }

    [GeneratedRegex("<RequiresPackageSet>(.*)</RequiresPackageSet>")]
    private static partial Regex RequiredSets();

    private static string Setting(string key) =>
        typeof(ApprovalTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
