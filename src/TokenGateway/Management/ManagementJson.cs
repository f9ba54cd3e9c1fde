using System.Text.Json.Serialization;
using TokenGateway.Management.Login;

namespace TokenGateway.Management;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(CredentialDocument))]
[JsonSerializable(typeof(CredentialDocument[]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(RotationDocument))]
[JsonSerializable(typeof(ValidationDocument))]
[JsonSerializable(typeof(ReseedRequest))]
[JsonSerializable(typeof(ReseedDocument))]
[JsonSerializable(typeof(KeptResponseDocument))]
[JsonSerializable(typeof(LoginDocument))]
[JsonSerializable(typeof(LoginResultDocument))]
internal sealed partial class ManagementJson : JsonSerializerContext;
