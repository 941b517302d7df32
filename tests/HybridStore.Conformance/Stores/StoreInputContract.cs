namespace HybridStore.Conformance.Stores;

/// <summary>What no store takes, and what it does not do once it is cancelled.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
[Promise(12)]
public abstract class StoreInputContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>Names that name nothing and patches that change nothing are refused by type, and nothing is changed.</summary>
    [Fact]
    public async Task BadInput_IsRefusedAndChangesNothing()
    {
        await CommitAsync(Set(A, 1));
        var before = await StateAsync();
        var lone = "\ud800";

        await RefusedAsync(AuthInputPart.Session, async () => await Store.GetAsync(default, A, Cancel));
        await RefusedAsync(AuthInputPart.Id, async () => await Store.GetAsync(Session, default(AuthKey), Cancel));
        await RefusedAsync(AuthInputPart.Id, async () => await Store.GetManyAsync(Session, [A, default], Cancel));
        await RefusedAsync(AuthInputPart.Session, async () => await Store.GetManyAsync(default, [A], Cancel));
        await RefusedAsync(AuthInputPart.Session, async () => await Store.CommitAsync(default, Set(A, 2), Cancel));
        await RefusedAsync(AuthInputPart.Patch, async () => await Store.CommitAsync(Session, new AuthPatch(), Cancel));
        await RefusedAsync(AuthInputPart.Patch, async () => await Store.CommitAsync(Session, new AuthPatch().Expect(A, 1), Cancel));
        await RefusedAsync(AuthInputPart.Session, async () => await Store.FindSessionAsync(default, Cancel));
        await RefusedAsync(AuthInputPart.Session, async () => await Store.SummarizeAsync(default, Cancel));
        await RefusedAsync(AuthInputPart.Session, async () => await Store.DeleteSessionAsync(default, Cancel));
        await RefusedAsync(AuthInputPart.Session, async () => await Store.ImportAsync(default, Entries((A, [1])), Cancel));
        await RefusedAsync(AuthInputPart.Session, () => ToListAsync(Store.EnumerateAsync(default, cancellationToken: Cancel)));
        await RefusedAsync(AuthInputPart.Session, () => ToListAsync(Store.VerifyAsync(default, Cancel)));
        foreach (var name in (string[])["", "a\0b", lone, new string('x', AuthLimits.MaxNameBytes + 1), new string('\u00e9', (AuthLimits.MaxNameBytes / 2) + 1)])
        {
            await RefusedAsync(AuthInputPart.Type, () => ToListAsync(Store.EnumerateAsync(Session, name, Cancel)));
            await RefusedAsync(AuthInputPart.Tenant, () => ToListAsync(Store.ListSessionsAsync(name, Cancel)));
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.CommitAsync(Session, null!, Cancel));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.GetManyAsync(Session, null!, Cancel));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ImportAsync(new AuthSessionId("t", "s"), null!, Cancel));

        Assert.Equal(before, await StateAsync());
        Assert.Single(await ToListAsync(Store.ListSessionsAsync(cancellationToken: Cancel)));
    }

    /// <summary>Any name that is Unicode text is taken, and comes back as it went.</summary>
    [Fact]
    [Promise(13)]
    public async Task AnyName_IsTakenAndIsItself()
    {
        AuthKey[] keys = [.. Sample.Pairs.Concat(Sample.Names.Select(n => ("z", n))).Concat(Sample.Names.Where(n => n != "z").Select(n => (n, "z"))).Distinct().Select(n => new AuthKey(n.Item1, n.Item2))];
        var patch = new AuthPatch();
        for (var i = 0; i < keys.Length; i++)
            patch.Set(keys[i], BitConverter.GetBytes(i));
        await CommitAsync(patch);

        foreach (var store in (IAuthStateStore[])[Store, (await Fixture.OpenAsync()).Store])
        {
            Assert.Equal(Enumerable.Range(0, keys.Length), (await store.GetManyAsync(Session, keys, Cancel)).Select(r => BitConverter.ToInt32(r.Value.Span)));
            Assert.Equal(
                Sample.InOrder(keys.Select(k => (k.Type, k.Id))),
                (await ToListAsync(store.EnumerateAsync(Session, cancellationToken: Cancel))).Select(r => (r.Key.Type, r.Key.Id)));
        }
    }

    /// <summary>What is cancelled before it begins changes nothing, and says that it was cancelled.</summary>
    [Fact]
    public async Task CancelledBefore_ChangesNothing()
    {
        await CommitAsync(Set(A, 1));
        var before = await StateAsync();
        var cancelled = new CancellationToken(canceled: true);

        await CancelledAsync(async () => await Store.CommitAsync(Session, Set(A, 2), cancelled));
        await CancelledAsync(async () => await Store.DeleteSessionAsync(Session, cancelled));
        await CancelledAsync(async () => await Store.ImportAsync(new AuthSessionId("t", "s"), Entries((A, [1])), cancelled));
        await CancelledAsync(async () => await Store.FindSessionAsync(Session, cancelled));
        await CancelledAsync(async () => await Store.SummarizeAsync(Session, cancelled));
        await CancelledAsync(() => ToListAsync(Store.EnumerateAsync(Session, cancellationToken: cancelled)));
        await CancelledAsync(() => ToListAsync(Store.ListSessionsAsync(cancellationToken: cancelled)));

        Assert.Equal(before, await StateAsync());
    }

    /// <summary>Cancelled before or after any of its calls of a tier, a commit was made whole or not at all, the same patch again tells which, and the store goes on.</summary>
    /// <param name="creates">Whether the commit creates the session.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(3, 6, 12)]
    public async Task CancelledAtAnyCall_Commit_IsWholeOrNothing(bool creates)
    {
        for (var at = 0; ; at++)
        {
            var opened = await Fixture.OpenAsync();
            Assert.SkipWhen(opened.Cold is null, "The fixture can't stand between the store and its tier.");
            var session = new AuthSessionId("clinic", $"{creates} {at}");
            if (!creates)
                await opened.Store.CommitAsync(session, Set(A, 1).Set(B, new byte[] { 1 }), Cancel);
            using var cancellation = new CancellationTokenSource();
            var calls = 0;
            var cancelledIn = at;
            Func<TierOperation, Task> hook = async _ =>
            {
                if (calls++ == cancelledIn)
                    await cancellation.CancelAsync();
            };
            opened.Cold!.Probe.Before = opened.Cold.Probe.After = hook;
            if (opened.Hot is { } hot)
                hot.Probe.Before = hot.Probe.After = hook;
            var patch = Set(A, 2).Set(B, new byte[] { 2 });

            var failure = await Record.ExceptionAsync(async () => await opened.Store.CommitAsync(session, patch, cancellation.Token));

            opened.Cold.Probe.Restore();
            opened.Hot?.Probe.Restore();
            Assert.True(failure is null or OperationCanceledException, failure?.ToString());
            var set = await opened.Store.GetManyAsync(session, [A, B], Cancel);
            var value = Assert.Single(set.Select(r => r.Exists ? r.Value.Span[0] : 0).Distinct());
            if (failure is null)
                Assert.Equal(2, value);
            else
                Assert.Contains(value, new[] { creates ? 0 : 1, 2 });
            var receipt = await opened.Store.CommitAsync(session, patch, Cancel);
            Assert.Equal((creates ? 1 : 2, value == 2), ((int)receipt.Version, receipt.IsRepeat));
            if (calls <= at)
                break;
        }
    }

    /// <summary>Cancelled before or after any of its calls of a tier, a read throws or answers rightly.</summary>
    [Fact]
    [Promise(1, 12)]
    public async Task CancelledAtAnyCall_Read_ThrowsOrAnswersRightly()
    {
        await CommitAsync(Set(A, 1));
        for (var at = 0; ; at++)
        {
            var opened = await Fixture.OpenAsync();
            Assert.SkipWhen(opened.Cold is null, "The fixture can't stand between the store and its tier.");
            using var cancellation = new CancellationTokenSource();
            var calls = 0;
            var cancelledIn = at;
            Func<TierOperation, Task> hook = async _ =>
            {
                if (calls++ == cancelledIn)
                    await cancellation.CancelAsync();
            };
            opened.Cold!.Probe.Before = opened.Cold.Probe.After = hook;
            if (opened.Hot is { } hot)
                hot.Probe.Before = hot.Probe.After = hook;

            byte[]? value = [1];
            var failure = await Record.ExceptionAsync(async () => value = (await opened.Store.GetAsync(Session, A, cancellation.Token)).Value.ToArray());

            Assert.True(failure is null or OperationCanceledException, failure?.ToString());
            Assert.Equal([1], value);
            opened.Cold.Probe.Restore();
            opened.Hot?.Probe.Restore();
            Assert.Equal([1], await ValueAsync(A, opened.Store));
            if (calls <= at)
                break;
        }
    }

    private static async Task RefusedAsync(AuthInputPart part, Func<Task> call) => Assert.Equal(part, (await Assert.ThrowsAsync<InvalidAuthInputException>(call)).Part);

    private static async Task CancelledAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
}
