using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HybridStore;

/// <summary>Records that are only right together, as one call each: who commits one without the other loses messages.</summary>
/// <remarks>
/// <para>A patch is all or nothing, so it is enough that both records are in the same one. A call that throws has changed nothing of the patch.</para>
/// <para>Ids and values are those of Baileys v7 (<c>src/Signal/libsignal.ts</c>, <c>src/Signal/lid-mapping.ts</c>).</para>
/// </remarks>
public static class AuthPatchGroups
{
    /// <summary>Sets the session that a first message made, and deletes the one-time pre-key that the message used up.</summary>
    /// <remarks>
    /// A pre-key that is gone before its session is kept loses the message for ever: it can't be decrypted when it is delivered again
    /// (whatsapp-rust pull request 722). A pre-key that stays a while longer than it must does little harm.
    /// </remarks>
    /// <param name="patch">The patch.</param>
    /// <param name="preKeyId">The pre-key's decimal id.</param>
    /// <param name="address">The session's address, <c>user.device</c>.</param>
    /// <param name="session">The session's bytes: 0 to 8 MiB.</param>
    /// <returns>The patch.</returns>
    /// <exception cref="InvalidAuthInputException">A name is not one, or the value is too large.</exception>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public static AuthPatch ConsumePreKey(this AuthPatch patch, string preKeyId, string address, ReadOnlyMemory<byte> session)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var preKey = new AuthKey(AuthKeyTypes.PreKey, preKeyId);
        return patch.Set(AuthKeyTypes.Session, address, session).Delete(preKey);
    }

    /// <summary>Sets a group's sender key, and who has it already.</summary>
    /// <remarks>
    /// A memory that is ahead of the key makes its recipients wait for the message for ever: they are taken to have a key that they never got
    /// (Baileys issue 2704, evolution-api issue 2706). A memory that is behind costs one more distribution.
    /// </remarks>
    /// <param name="patch">The patch.</param>
    /// <param name="groupId">The group's jid, which is the memory's id.</param>
    /// <param name="sender">Whose key it is, <c>user::device</c>: with the group before it, the key's id is <c>group::user::device</c>.</param>
    /// <param name="senderKey">The key's bytes: 0 to 8 MiB.</param>
    /// <param name="senderKeyMemory">The memory's bytes: 0 to 8 MiB.</param>
    /// <returns>The patch.</returns>
    /// <exception cref="InvalidAuthInputException">A name is not one, or a value is too large.</exception>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public static AuthPatch SetSenderKey(
        this AuthPatch patch, string groupId, string sender, ReadOnlyMemory<byte> senderKey, ReadOnlyMemory<byte> senderKeyMemory)
    {
        ArgumentNullException.ThrowIfNull(patch);
        AuthName.Validate(groupId, AuthInputPart.Id);
        AuthName.Validate(sender, AuthInputPart.Id);
        return SetBoth(
            patch, new AuthKey(AuthKeyTypes.SenderKey, $"{groupId}::{sender}"), senderKey, new AuthKey(AuthKeyTypes.SenderKeyMemory, groupId), senderKeyMemory);
    }

    /// <summary>Sets which LID belongs to a phone number, in both directions.</summary>
    /// <remarks>If only one direction is kept, look-ups disagree about who a peer is. The values are JSON strings, as Baileys writes them.</remarks>
    /// <param name="patch">The patch.</param>
    /// <param name="pnUser">The phone number's user, without device and server: <c>5511999990000</c>.</param>
    /// <param name="lidUser">The LID's user, without device and server. The way back is kept under <c>lidUser_reverse</c>.</param>
    /// <returns>The patch.</returns>
    /// <exception cref="InvalidAuthInputException">A name is not one.</exception>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public static AuthPatch SetLidMapping(this AuthPatch patch, string pnUser, string lidUser)
    {
        ArgumentNullException.ThrowIfNull(patch);
        AuthName.Validate(pnUser, AuthInputPart.Id);
        AuthName.Validate(lidUser, AuthInputPart.Id);
        return SetBoth(
            patch, new AuthKey(AuthKeyTypes.LidMapping, pnUser), JsonString(lidUser), new AuthKey(AuthKeyTypes.LidMapping, $"{lidUser}_reverse"), JsonString(pnUser));
    }

    private static AuthPatch SetBoth(AuthPatch patch, AuthKey first, ReadOnlyMemory<byte> firstValue, AuthKey second, ReadOnlyMemory<byte> secondValue)
    {
        // Refused before the patch has the first: half a group is what must not be.
        _ = new AuthPatch().Set(second, secondValue);
        return patch.Set(first, firstValue).Set(second, secondValue);
    }

    private static byte[] JsonString(string text) =>
        Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");
}
