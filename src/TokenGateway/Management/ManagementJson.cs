using System.Text.Json.Serialization;

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
internal sealed partial class ManagementJson : JsonSerializerContext;
