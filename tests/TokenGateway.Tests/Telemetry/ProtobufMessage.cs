using System.Text;
using Google.Protobuf;

namespace TokenGateway.Tests.Telemetry;

/// <summary>A message of the protobuf wire format, without its schema: fields by number.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Number, ByteString? Bytes)> _fields = [];
    private readonly List<(int Number, ulong Value)> _numbers = [];

    private ProtobufMessage(ByteString bytes)
    {
        var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.LengthDelimited:
                    _fields.Add((number, input.ReadBytes()));
                    break;
                case WireFormat.WireType.Varint:
                    _numbers.Add((number, input.ReadUInt64()));
                    break;
                case WireFormat.WireType.Fixed64:
                    _numbers.Add((number, input.ReadFixed64()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    public static ProtobufMessage Parse(byte[] bytes) => new(ByteString.CopyFrom(bytes));

    /// <summary>The messages at the end of a path of field numbers.</summary>
    public IEnumerable<ProtobufMessage> At(params int[] path) => path is [var first, .. var rest]
        ? _fields.Where(field => field.Number == first).SelectMany(field => new ProtobufMessage(field.Bytes!).At(rest))
        : [this];

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number));

    public ulong Number(int number) => _numbers.LastOrDefault(field => field.Number == number).Value;

    private byte[] Bytes(int number) => _fields.LastOrDefault(field => field.Number == number).Bytes?.ToByteArray() ?? [];
}
