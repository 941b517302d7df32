namespace HybridStore;

/// <summary>What makes credentials a paired identity, and which of their fields never change while they are one.</summary>
/// <remarks>
/// The names are those of Baileys' <c>creds.json</c> (<c>initAuthCreds</c>, <c>src/Utils/auth-utils.ts</c>). Credentials that are not a JSON object have no
/// fields and are not guarded. Fields are named from the root, with dots between: <c>me.id</c>.
/// </remarks>
public sealed class CredentialsOptions
{
    /// <summary>The field whose presence says that the credentials are paired with a phone.</summary>
    /// <value><c>me.id</c> by default; empty: nothing is guarded.</value>
    public string PairedField { get; set; } = "me.id";

    /// <summary>The fields that paired credentials keep. Configuration adds to them; code can replace them.</summary>
    /// <value><c>noiseKey</c>, <c>signedIdentityKey</c>, <c>registrationId</c>, <c>advSecretKey</c> and <c>me.id</c> by default.</value>
    public IList<string> IdentityFields { get; set; } = ["noiseKey", "signedIdentityKey", "registrationId", "advSecretKey", "me.id"];
}
