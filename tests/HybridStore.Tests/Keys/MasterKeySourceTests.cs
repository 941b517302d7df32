using HybridStore.Codec;
using HybridStore.DependencyInjection;
using HybridStore.Keys;

namespace HybridStore.Tests.Keys;

/// <summary>Where master keys are read from, and what is refused.</summary>
public sealed class MasterKeySourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-").FullName;

    public static TheoryData<string, MasterKeyFault> Refused => new()
    {
        { "correct horse battery staple", MasterKeyFault.Malformed },
        { Convert.ToBase64String(new byte[32]), MasterKeyFault.Trivial },
        { Convert.ToHexString(new byte[32]), MasterKeyFault.Trivial },
        { Convert.ToBase64String(Some(31)), MasterKeyFault.Malformed },
        { Convert.ToBase64String(Some(33)), MasterKeyFault.Malformed },
        { Convert.ToHexString(Some(16)), MasterKeyFault.Malformed },
        { "", MasterKeyFault.Missing },
        { "# only a comment\n", MasterKeyFault.Missing },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_FileOfItsOwnerOnly_GivesItsKeysInOrder()
    {
        var (first, second) = (KeyFixture.NewKey(), KeyFixture.NewKey());

        var keys = MasterKeySource.Load(new EncryptionOptions { MasterKeyFile = Write($"# made in May\n{first}\r\n\n  {Convert.ToHexString(Convert.FromBase64String(second))}  \n") });

        Assert.Equal([first, second], keys.Select(static k => k.ToBase64()));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Load_FileThatOthersCanReadOrWrite_IsRefused(UnixFileMode more)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        var key = KeyFixture.NewKey();
        var path = Write(key);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);

        var error = Assert.Throws<MasterKeyException>(() => MasterKeySource.Load(new EncryptionOptions { MasterKeyFile = path }));

        Assert.Equal(MasterKeyFault.FileNotPrivate, error.Fault);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("chmod 600", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Load_FileWithoutAKey_SaysHowToMakeOneAndShowsNothing(string content, MasterKeyFault fault)
    {
        var error = Assert.Throws<MasterKeyException>(() => MasterKeySource.Load(new EncryptionOptions { MasterKeyFile = Write(content) }));

        Assert.Equal(fault, error.Fault);
        Assert.Contains("hybridstore keygen", error.Message, StringComparison.Ordinal);
        if (content.Length > 0)
            Assert.DoesNotContain(content, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileThatIsNotThereOrIsSomethingElse_IsRefused()
    {
        Assert.Equal(MasterKeyFault.FileUnreadable, Fault(Path.Join(_folder, "none")));
        Assert.Equal(MasterKeyFault.FileUnreadable, Fault(_folder));
        Assert.Equal(MasterKeyFault.Malformed, Fault(Write(new string('#', 20_000))));
    }

    [Fact]
    public void Load_SettingAndFile_IsRefused()
    {
        var options = new EncryptionOptions { MasterKey = KeyFixture.NewKey(), MasterKeyFile = Write(KeyFixture.NewKey()) };

        Assert.Contains("Leave one out", Assert.Throws<MasterKeyException>(() => MasterKeySource.Load(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PreviousKeys_ComeBehindTheOneThatWraps()
    {
        var options = new EncryptionOptions { MasterKey = KeyFixture.NewKey() };
        options.PreviousMasterKeys.Add(KeyFixture.NewKey());
        Assert.Equal([options.MasterKey, options.PreviousMasterKeys[0]], MasterKeySource.Load(options).Select(static k => k.ToBase64()));

        options.PreviousMasterKeys.Add("a passphrase");
        Assert.Equal(MasterKeyFault.Malformed, Assert.Throws<MasterKeyException>(() => MasterKeySource.Load(options)).Fault);
    }

    [Fact]
    public void Environment_SetsWhereKeysComeFrom()
    {
        var (first, second) = (KeyFixture.NewKey(), KeyFixture.NewKey());
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = first;
        Configure(options, new()
        {
            ["HYBRIDSTORE_MASTER_KEY_FILE"] = "/run/secrets/key",
            ["HYBRIDSTORE_PREVIOUS_MASTER_KEYS"] = $"{first}, {second}",
            ["HYBRIDSTORE_KEY_RING"] = "true",
            ["HYBRIDSTORE_KEY_RING_ROTATES"] = "false",
            ["HYBRIDSTORE_KEY_RING_PERIOD"] = "30.00:00:00",
            ["HYBRIDSTORE_KEY_RING_ACTIVATION_DELAY"] = "1.00:00:00",
            ["HYBRIDSTORE_KEY_RING_REFRESH_INTERVAL"] = "00:10:00",
            ["HYBRIDSTORE_DATA_KEY_CACHE_SESSIONS"] = "7",
            ["HYBRIDSTORE_DATA_KEY_CACHE_DURATION"] = "00:05:00",
        });

        var encryption = options.Encryption;
        Assert.Equal((null, "/run/secrets/key"), (encryption.MasterKey, encryption.MasterKeyFile));
        Assert.Equal([first, second], encryption.PreviousMasterKeys);
        Assert.Equal((true, false), (encryption.KeyRing.Enabled, encryption.KeyRing.Rotates));
        Assert.Equal(
            (TimeSpan.FromDays(30), TimeSpan.FromDays(1), TimeSpan.FromMinutes(10)), (encryption.KeyRing.Period, encryption.KeyRing.ActivationDelay, encryption.KeyRing.RefreshInterval));
        Assert.Equal((7, TimeSpan.FromMinutes(5)), (encryption.DataKeyCacheSessions, encryption.DataKeyCacheDuration));

        Configure(options, new() { ["HYBRIDSTORE_MASTER_KEY"] = second });
        Assert.Equal((second, null), (encryption.MasterKey, encryption.MasterKeyFile));
    }

    [Fact]
    public void Options_OutOfTheirRange_AreNamed()
    {
        foreach (var (spoil, name) in new (Action<EncryptionOptions>, string)[]
        {
            (static o => o.KeyRing.Period = TimeSpan.FromDays(6), "KeyRing.Period"),
            (static o => o.KeyRing.RefreshInterval = TimeSpan.FromSeconds(59), "KeyRing.RefreshInterval"),
            (static o => o.KeyRing.ActivationDelay = TimeSpan.FromMinutes(119), "KeyRing.ActivationDelay"),
            (static o => o.KeyRing.ActivationDelay = TimeSpan.FromDays(46), "KeyRing.ActivationDelay"),
            (static o => o.DataKeyCacheSessions = 0, "DataKeyCacheSessions"),
            (static o => o.DataKeyCacheDuration = TimeSpan.Zero, "DataKeyCacheDuration"),
            (static o => o.MaxSealsPerDataKey = 1, "MaxSealsPerDataKey"),
            (static o => o.MasterKeyFile = "/nowhere/key", "MasterKeyFile"),
        })
        {
            var options = new HybridAuthStoreOptions();
            options.Encryption.MasterKey = KeyFixture.NewKey();
            Assert.Empty(HybridAuthStoreOptionsValidation.Faults(options));
            spoil(options.Encryption);
            Assert.Contains(name, Assert.Single(HybridAuthStoreOptionsValidation.Faults(options)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LocalProvider_WhatAnotherKeyWrapped_IsNotOpened()
    {
        using var one = MasterKey.Generate();
        using var two = MasterKey.Generate();
        using var provider = new LocalMasterKeyProvider([one]);
        using var both = new LocalMasterKeyProvider([two, one]);
        using var other = new LocalMasterKeyProvider([two]);
        var key = Some(32);
        var wrapped = provider.WrapAsync([key], KeyFixture.Cancel).Result()[0];

        Assert.Equal(key, provider.UnwrapAsync([wrapped], KeyFixture.Cancel).Result()[0]);
        Assert.Equal(key, both.UnwrapAsync([wrapped], KeyFixture.Cancel).Result()[0]);
        Assert.Null(other.UnwrapAsync([wrapped], KeyFixture.Cancel).Result()[0]);
        for (var i = 0; i < wrapped.Length; i++)
        {
            var changed = wrapped.ToArray();
            changed[i] ^= 1;
            Assert.Null(provider.UnwrapAsync([changed], KeyFixture.Cancel).Result()[0]);
            Assert.Null(provider.UnwrapAsync([wrapped.AsMemory(0, i)], KeyFixture.Cancel).Result()[0]);
        }
    }

    private static byte[] Some(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static void Configure(HybridAuthStoreOptions options, Dictionary<string, string> variables) =>
        new EnvironmentOptions("", name => variables.GetValueOrDefault(name)).Configure(options);

    private static MasterKeyFault Fault(string path) => Assert.Throws<MasterKeyException>(() => MasterKeySource.Load(new EncryptionOptions { MasterKeyFile = path })).Fault;

    private string Write(string content)
    {
        var path = Path.Join(_folder, Path.GetRandomFileName());
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
