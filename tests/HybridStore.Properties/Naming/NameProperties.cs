using System.Text;
using FsCheck.Fluent;
using HybridStore.Cli;
using HybridStore.DependencyInjection;
using HybridStore.Properties.Support;
using HybridStore.Tiers;

namespace HybridStore.Properties.Naming;

public class NameProperties
{
    [Fact]
    public Task AuthSessionId_TextOfAnyKind_IsKeptAsItIsOrRefused() => Prove.ForAllAsync(
        Gen.OneOf(Some.WildText, Some.Name).Two(),
        x =>
        {
            var id = default(AuthSessionId);
            var refused = Refused.OrNot(() => id = new AuthSessionId(x.Item1, x.Item2));
            Assert.Equal(IsName(x.Item1) && IsName(x.Item2), refused is null);
            if (refused is null)
                Assert.Equal(x, (id.Tenant, id.Session));
            else
                Assert.IsType<InvalidAuthInputException>(refused);
        },
        x => Smaller.Text(x.Item1).Select(t => (t, x.Item2)).Concat(Smaller.Text(x.Item2).Select(t => (x.Item1, t))),
        runs: 1000);

    [Fact]
    public Task AuthKey_TextOfAnyKind_IsKeptAsItIsOrRefused() => Prove.ForAllAsync(
        Gen.OneOf(Some.WildText, Some.Name).Two(),
        x =>
        {
            var key = default(AuthKey);
            var refused = Refused.OrNot(() => key = new AuthKey(x.Item1, x.Item2));
            Assert.Equal(IsName(x.Item1) && IsName(x.Item2), refused is null);
            if (refused is null)
                Assert.Equal(x, (key.Type, key.Id));
            else
                Assert.IsType<InvalidAuthInputException>(refused);
        },
        x => Smaller.Text(x.Item1).Select(t => (t, x.Item2)).Concat(Smaller.Text(x.Item2).Select(t => (x.Item1, t))),
        runs: 1000);

    [Fact]
    public Task SessionNameHash_TwoSessions_HaveOneHashOnlyIfTheyAreOne() => Prove.ForAllAsync(
        from a in Some.Session
        from b in Gen.OneOf(Some.Session, Gen.Choose(1, 1000).Select(cut => Recut(a, cut)))
        select (A: a, B: b),
        x =>
        {
            Span<byte> a = stackalloc byte[SessionNameHash.Size];
            Span<byte> b = stackalloc byte[SessionNameHash.Size];
            SessionNameHash.Compute(x.A, a);
            SessionNameHash.Compute(x.B, b);
            Assert.Equal(x.A == x.B, a.SequenceEqual(b));
        });

    [Fact]
    public Task SessionName_WhatIdsPrintAs_ReadsBackWhereTheTenantHasNoSlash() => Prove.ForAllAsync(
        Some.Session,
        id =>
        {
            Assert.True(SessionName.TryParse(id.Tenant, id.Session, out var both, out _));
            Assert.Equal(id, both);
            if (id.Tenant.Contains('/', StringComparison.Ordinal))
                return;
            Assert.True(SessionName.TryParse(null, id.ToString(), out var one, out _));
            Assert.Equal(id, one);
        });

    [Fact]
    public Task SessionName_TextOfAnyKind_IsAnIdOrSaysWhyNot() => Prove.ForAllAsync(
        from tenant in Some.WildText.OrNull()
        from session in Some.WildText
        select (Tenant: (string?)tenant, Session: session),
        x =>
        {
            var isName = SessionName.TryParse(x.Tenant, x.Session, out var id, out var fault);
            Assert.Equal(isName, fault is null);
            Assert.Equal(!isName, id.IsEmpty);
            if (isName)
                Assert.Equal(x.Tenant is null ? x.Session : $"{x.Tenant}/{x.Session}", id.ToString());
        },
        runs: 1000);

    [Fact]
    public Task ColdTierUri_TextOfAnyKind_IsReadOrNotAndNeverShown() => Prove.ForAllAsync(
        Gen.OneOf(
            Some.WildText,
            from scheme in Gen.Elements("sqlite", "SQLite", "mongodb", "mongodb+srv", "postgres", "s3x", "", " ")
            from rest in Some.WildText
            select $"{scheme}:{rest}"),
        text =>
        {
            if (!ColdTierUri.TryParse(text, out var uri))
                return;
            Assert.Equal(text, text[..uri.Scheme.Length] + ":" + uri.Rest);
            Assert.Equal(uri.Scheme, text[..uri.Scheme.Length].ToLowerInvariant());
            Assert.All(uri.Scheme, c => Assert.True(char.IsAsciiLetterLower(c) || c == '+'));
            Assert.Equal($"{uri.Scheme}:…", uri.ToString());
            Assert.True(ColdTierUri.TryParse($"{uri.Scheme}:{uri.Rest}", out var again));
            Assert.Equal(uri, again);
        },
        Smaller.Text,
        runs: 1000);

    // The rule of names, said another way.
    private static bool IsName(string text) =>
        text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal)
        && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text && Encoding.UTF8.GetByteCount(text) <= AuthLimits.MaxNameBytes;

    // The same characters, cut elsewhere.
    private static AuthSessionId Recut(AuthSessionId id, int cut)
    {
        var whole = id.Tenant + id.Session;
        var at = cut % whole.Length;
        return at > 0 && IsName(whole[..at]) && IsName(whole[at..]) ? new AuthSessionId(whole[..at], whole[at..]) : id;
    }
}
