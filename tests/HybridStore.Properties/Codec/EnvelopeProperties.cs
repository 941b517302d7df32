using FsCheck.Fluent;
using HybridStore.Codec;
using HybridStore.Properties.Support;

namespace HybridStore.Properties.Codec;

public class EnvelopeProperties
{
    [Fact]
    public Task Open_WhatWasSealed_GivesTheValue() => Prove.ForAllAsync(
        SealedCase.Any,
        c => Assert.Equal(c.Value.Bytes, c.Codec.Open(c.Session, c.Key, [SealedCase.DataKey], c.Seal()).ToArray()),
        c => c.Smaller());

    [Fact]
    public Task Open_OneBitChanged_Fails() => Prove.ForAllAsync(
        from c in SealedCase.Any
        from bit in Gen.Choose(0, int.MaxValue)
        select (Case: c, Bit: bit),
        x =>
        {
            var envelope = x.Case.Seal();
            var at = x.Bit % (8 * envelope.Length);
            envelope[at / 8] ^= (byte)(1 << (at % 8));
            Assert.Throws<EnvelopeException>(() => x.Case.Codec.Open(x.Case.Session, x.Case.Key, [SealedCase.DataKey], envelope));
        },
        x => x.Case.Smaller().Select(c => (c, x.Bit)));

    [Fact]
    public Task Open_Elsewhere_Fails() => Prove.ForAllAsync(
        from c in SealedCase.Any
        from other in Gen.OneOf(
            Some.Session.Select(s => (s, c.Key)),
            Some.Key.Select(k => (c.Session, k)),
            Gen.Constant((new AuthSessionId(c.Session.Session, c.Session.Tenant), c.Key)),
            Gen.Constant((c.Session, new AuthKey(c.Key.Id, c.Key.Type))),
            Gen.Elements(Moved(c).ToArray()))
        where other != (c.Session, c.Key)
        select (Case: c, Session: other.Item1, Key: other.Item2),
        x =>
        {
            var e = Assert.Throws<EnvelopeException>(() => x.Case.Codec.Open(x.Session, x.Key, [SealedCase.DataKey], x.Case.Seal()));
            Assert.Equal(EnvelopeFault.NotAuthentic, e.Fault);
        });

    [Fact]
    public Task TryOpen_BytesOfAnyKind_SaysWhyNot() => Prove.ForAllAsync(
        Gen.OneOf(
            Some.ArbitraryBytes.Select(b => new Blob(b)),
            Some.ArbitraryBytes.Select(b => new Blob([.. "HS"u8, 1, .. b])),
            from cipher in Gen.Choose(0, 4)
            from compression in Gen.Choose(0, 3)
            from rest in Some.ArbitraryBytes
            select new Blob([.. "HS"u8, 1, (byte)cipher, (byte)compression, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, .. rest])),
        blob =>
        {
            var codec = new EnvelopeCodec(new EnvelopeCodecOptions { Cipher = EnvelopeCipher.Aes256Gcm });
            if (!LibSodium.IsAvailable && blob.Bytes is [_, _, _, (byte)EnvelopeCipher.XSalsa20Poly1305, ..])
                return;
            var fault = codec.TryOpen(new AuthSessionId("t", "s"), new AuthKey("a", "b"), [SealedCase.DataKey], blob.Bytes, out var value);
            Assert.NotNull(fault);
            Assert.True(Enum.IsDefined(fault.Value));
            Assert.True(value.IsEmpty);
        },
        blob => Smaller.Bytes(blob.Bytes).Select(b => new Blob(b)),
        runs: 2000);

    [Fact]
    public Task TryOpen_MutatedEnvelope_SaysWhyNotAndShowsNothing() => Prove.ForAllAsync(
        from c in SealedCase.Any
        from mutations in Some.Mutation.NonEmptyListOf()
        select (Case: c, Mutations: mutations),
        x =>
        {
            var envelope = x.Case.Seal();
            var changed = x.Mutations.Aggregate(envelope, (bytes, mutation) => mutation.ApplyTo(bytes));
            if (changed.SequenceEqual(envelope) || (!LibSodium.IsAvailable && changed is [_, _, _, (byte)EnvelopeCipher.XSalsa20Poly1305, ..]))
                return;
            var fault = x.Case.Codec.TryOpen(x.Case.Session, x.Case.Key, [SealedCase.DataKey], changed, out var value);
            Assert.NotNull(fault);
            Assert.True(value.IsEmpty);
        },
        x => Smaller.List(x.Mutations).Where(m => m.Count > 0).Select(m => (x.Case, m.ToList())));

    [Fact]
    public Task TryRead_BytesOfAnyKind_GivesWhatIsWrittenThereOrSaysWhyNot() => Prove.ForAllAsync(
        Gen.OneOf(Some.ArbitraryBytes, Some.ArbitraryBytes.Select(b => (byte[])[.. "HS"u8, .. b]), Some.ArbitraryBytes.Select(b => (byte[])[.. "HS"u8, 1, .. b]))
            .Select(b => new Blob(b)),
        blob =>
        {
            var fault = EnvelopeHeader.TryRead(blob.Bytes, out var header);
            if (fault is not null)
            {
                Assert.Equal(default, header);
                return;
            }

            var again = new byte[EnvelopeHeader.Size];
            header.Write(again);
            Assert.Equal(blob.Bytes[..EnvelopeHeader.Size], again);
        },
        blob => Smaller.Bytes(blob.Bytes).Select(b => new Blob(b)),
        runs: 2000);

    // The same characters, cut elsewhere.
    private static IEnumerable<(AuthSessionId Session, AuthKey Key)> Moved(SealedCase c)
    {
        var (tenant, session, type, id) = (c.Session.Tenant, c.Session.Session, c.Key.Type, c.Key.Id);
        if (session.Length > 1 && !char.IsSurrogate(session[0]) && tenant.Length < 100)
            yield return (new AuthSessionId(tenant + session[0], session[1..]), c.Key);
        if (id.Length > 1 && !char.IsSurrogate(id[0]) && type.Length < 100)
            yield return (c.Session, new AuthKey(type + id[0], id[1..]));
        yield return (new AuthSessionId(tenant, type), new AuthKey(session, id));
        yield return (new AuthSessionId(tenant, session), new AuthKey(type, "other"));
    }
}
