#pragma once

#include <ichor/services/serialization/ISerializer.h>
#include <ichor/services/serialization/JsonFields.h>
#include <ichor/services/serialization/JsonType.h>
#include <ichor/services/serialization/JsonWriter.h>

#include <memory>
#include <utility>

namespace Ichor {

namespace Detail {

/// Reads JSON with RapidJSON straight into the members of a struct, without a document in between.
///
/// Threads:   one at a time
class RapidJsonReader final {
public:
    RapidJsonReader();
    RapidJsonReader(RapidJsonReader const &) = delete;
    RapidJsonReader &operator=(RapidJsonReader const &) = delete;
    ~RapidJsonReader();

    /// False when it could not be read; error() then says why.
    [[nodiscard]] bool read(ByteView json, JsonType const &type, void *into);

    /// Whether it is JSON at all, whatever it says.
    [[nodiscard]] bool check(ByteView json);

    [[nodiscard]] SerializeError takeError();

private:
    struct Inside;

    std::unique_ptr<Inside> _inside;
};

} // namespace Detail

/// Reads T from JSON with RapidJSON and writes it, as JsonFields<T> describes it.
///
/// Threads:   the manager's own
/// Errors:    of deserialize: what is wrong, in which field, and where; nesting deeper than 512 is one
/// Stack:     of deserialize: less than 64 KiB for a document that is nested so deep, some 100 bytes a level
/// Example:   dm.createServiceManager<RapidJsonSerializer<TestMsg>, ISerializer<TestMsg>>();
template <DescribedForJson T>
class RapidJsonSerializer final : public ISerializer<T> {
public:
    /// Numbers that JSON has no word for (infinite, not a number) are written as null.
    [[nodiscard]] std::vector<std::uint8_t> serialize(T const &value) override { return Detail::writeJson(value); }

    [[nodiscard]] Expected<T, SerializeError> deserialize(ByteView json) override {
        Expected<T, SerializeError> value;
        if (!_reader.read(json, Detail::jsonType<T>, &*value)) [[unlikely]]
            refuse(value);
        return value;
    }

private:
    // Apart, so that what goes well pays nothing for it.
    [[gnu::noinline]] void refuse(Expected<T, SerializeError> &value) { value = unexpected(_reader.takeError()); }

    Detail::RapidJsonReader _reader;
};

} // namespace Ichor
