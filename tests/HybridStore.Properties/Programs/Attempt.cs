namespace HybridStore.Properties.Programs;

/// <summary>A patch that a program committed, or tried to.</summary>
internal sealed record Attempt(int Session, AuthPatch Patch)
{
    /// <summary>The same patch as another object, as a program makes it that has kept the commit id over a restart.</summary>
    public AuthPatch MakeAgain()
    {
        var patch = new AuthPatch(Patch.CommitId);
        foreach (var change in Patch.Changes)
            _ = change.Value is { } value ? patch.Set(change.Key, value) : patch.Delete(change.Key);
        foreach (var expectation in Patch.Expectations)
            patch.Expect(expectation.Key, expectation.Version);
        return Patch.ExpectedSessionVersion is { } version ? patch.ExpectSession(version) : patch;
    }
}
