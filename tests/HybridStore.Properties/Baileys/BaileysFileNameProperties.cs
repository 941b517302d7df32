using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using HybridStore.Baileys;
using HybridStore.Properties.Support;

namespace HybridStore.Properties.Baileys;

public class BaileysFileNameProperties
{
    /// <summary>Records as Baileys names them.</summary>
    internal static Gen<AuthKey> RealKey { get; } = Gen.OneOf(
        Gen.Constant(AuthKey.Creds),
        Number(1, 16_777_215).Select(id => new AuthKey(AuthKeyTypes.PreKey, id)),
        Address().Select(a => new AuthKey(AuthKeyTypes.Session, a)),
        Address().Select(a => new AuthKey(AuthKeyTypes.IdentityKey, a)),
        from phone in Number(10_000, 999_999_999)
        from other in Number(0, 999_999_999)
        from device in Number(0, 99)
        from chat in Gen.Elements($"12036300000{phone}@g.us", $"{phone}-{other}@g.us", "status@broadcast")
        from user in Gen.Elements(other, other + "_1")
        select new AuthKey(AuthKeyTypes.SenderKey, $"{chat}::{user}::{device}"),
        Number(0, 999_999_999).Zip(Number(0, 999_999_999), (a, b) => new AuthKey(AuthKeyTypes.SenderKeyMemory, $"{a}-{b}@g.us")),
        Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(6).Select(b => new AuthKey(AuthKeyTypes.AppStateSyncKey, Convert.ToBase64String(b))),
        Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(5).Select(b => new AuthKey(AuthKeyTypes.AppStateSyncKey, Convert.ToBase64String(b))),
        Gen.Elements("critical_block", "critical_unblock_low", "regular", "regular_high", "regular_low").Select(id => new AuthKey(AuthKeyTypes.AppStateSyncVersion, id)),
        Number(1, 999_999_999).SelectMany(n => Gen.Elements(n, n + "_reverse")).Select(id => new AuthKey(AuthKeyTypes.LidMapping, id)),
        Number(1, 999_999_999).Select(id => new AuthKey(AuthKeyTypes.DeviceList, id)),
        Number(1, 999_999_999).SelectMany(n => Gen.Elements($"{n}@s.whatsapp.net", $"{n}@lid", $"{n}:7@s.whatsapp.net", "__index")).Select(id => new AuthKey(AuthKeyTypes.TcToken, id)));

    [Fact]
    public Task TryToKey_NameOfARealRecord_GivesTheRecord() => Prove.ForAllAsync(
        RealKey,
        key =>
        {
            Assert.True(BaileysFileName.TryToKey(BaileysFileName.FromKey(key), out var back));
            Assert.Equal(key, back);
        },
        runs: 3000);

    [Fact]
    public Task FromKey_WhatAnyNameWasReadAs_GivesTheNameAgain() => Prove.ForAllAsync(
        Gen.OneOf(
            Some.WildText,
            Some.WildText.Select(t => t + ".json"),
            from type in Gen.Elements("session", "pre-key", "sender-key", "sender-key-memory", "app-state-sync-key", "tctoken", "my-own-type", "x", "contacts-tc-token", "creds")
            from id in Some.WildText
            select $"{type}-{id}.json",
            RealKey.Zip(Some.Mutation.ListOf(), (key, mutations) =>
                new string([.. mutations.Aggregate(BaileysFileName.FromKey(key).Select(c => (byte)(c & 0x7f)).ToArray(), (b, m) => m.ApplyTo(b)).Select(b => (char)b)]))),
        name =>
        {
            if (BaileysFileName.TryToKey(name, out var key))
                Assert.Equal(name, BaileysFileName.FromKey(key));
            else
                Assert.True(key.IsEmpty);
        },
        Smaller.Text,
        runs: 3000);

    [Fact]
    public Task FromKey_AnyRecord_IsANameOfNoOtherFolder() => Prove.ForAllAsync(
        Gen.OneOf(Some.Key, RealKey),
        key =>
        {
            var name = BaileysFileName.FromKey(key);
            Assert.EndsWith(".json", name, StringComparison.Ordinal);
            Assert.DoesNotContain('/', name);
            Assert.DoesNotContain(':', name);
        },
        runs: 1000);

    private static Gen<string> Number(int low, int high) => Gen.Choose(low, high).Select(n => n.ToString(CultureInfo.InvariantCulture));

    private static Gen<string> Address() =>
        from user in Number(10_000, 999_999_999)
        from domain in Gen.Elements("", "_1", "_128", "_129")
        from device in Number(0, 99)
        select $"{user}{domain}.{device}";
}
