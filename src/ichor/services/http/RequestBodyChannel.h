#pragma once

#include <ichor/base/Expected.h>
#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/coroutines/Task.h>
#include <ichor/services/http/HttpError.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace Ichor::Detail {

/// Where the parts of a request's body wait for the handler that reads them.
///
/// Threads:   the host's own
class RequestBodyChannel {
public:
    /// Hears that the handler has taken a part.
    class IReader {
    public:
        virtual void onPartTaken() noexcept = 0;

    protected:
        ~IReader() = default;
    };

    explicit RequestBodyChannel(IReader &reader) noexcept : _reader(reader) {}

    void push(std::string_view part);
    void end() noexcept;
    void fail(HttpError why) noexcept;

    /// More waits than should: the peer is not to be read from.
    [[nodiscard]] bool isFull() const noexcept { return _waiting.size() >= MAXIMUM_WAITING; }

    [[nodiscard]] Task<Expected<std::string_view, HttpError>> next();

private:
    static constexpr std::size_t MAXIMUM_WAITING = 64 * 1024;

    IReader &_reader;
    AsyncAutoResetEvent _changed;
    std::string _waiting;
    std::string _taken; // what the handler looks at
    std::optional<HttpError> _error;
    bool _isEnded{false};
};

} // namespace Ichor::Detail
