using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;

namespace HybridStore.Redis.Tests.Support;

/// <summary>A server that speaks TLS, with a certificate of an authority that was made for the test and that nobody else trusts.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly X509Certificate2 _authority;

    private TlsServer(string folder, X509Certificate2 authority, RedisServer server, int port)
    {
        _folder = folder;
        _authority = authority;
        Plain = server;
        Port = port;
    }

    /// <summary>The same server without TLS, to look at it from the test.</summary>
    public RedisServer Plain { get; }

    public int Port { get; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port},ssl=true,sslHost=localhost");

    public static async Task<TlsServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("hybridstore-tls-").FullName;
        X509Certificate2? authority = null;
        try
        {
            authority = Certify(folder);
            var port = RedisServer.FreePort();
            var server = await RedisServer.StartDurableAsync(
                "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", Path.Combine(folder, "server.pem"),
                "--tls-key-file", Path.Combine(folder, "server.key"), "--tls-ca-cert-file", Path.Combine(folder, "ca.pem"), "--tls-auth-clients", "no");
            return new TlsServer(folder, authority, server, port);
        }
        catch
        {
            authority?.Dispose();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Options of a client that trusts the authority, and nothing else.</summary>
    public ConfigurationOptions Trusting(string? connectionString = null)
    {
        var options = ConfigurationOptions.Parse(connectionString ?? ConnectionString);
        options.CertificateValidation += (_, certificate, _, errors) =>
        {
            // Of another name, or none at all.
            if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
                return false;
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(_authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            return chain.Build(server);
        };
        return options;
    }

    public async ValueTask DisposeAsync()
    {
        await Plain.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static X509Certificate2 Certify(string folder)
    {
        var (from, until) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=HybridStore tests", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var authority = authorityRequest.CreateSelfSigned(from, until);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(authority, from, until, [1, 2, 3, 4]);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.pem"), server.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
        return authority;
    }
}
