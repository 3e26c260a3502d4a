#include "RequestBodyChannel.h"

#include <ichor/model/Cancelled.h>

#include <utility>

namespace Ichor::Detail {

void RequestBodyChannel::push(std::string_view part) {
    _waiting.append(part);
    _changed.set();
}

void RequestBodyChannel::end() noexcept {
    _isEnded = true;
    _changed.set();
}

void RequestBodyChannel::fail(HttpError why) noexcept {
    if (_isEnded || _error) return;
    _error.emplace(std::move(why));
    _changed.set();
}

Task<Expected<std::string_view, HttpError>> RequestBodyChannel::next() {
    try {
        while (_waiting.empty() && !_isEnded && !_error) co_await _changed;
    } catch (Cancelled const &) {
        co_return unexpected<HttpError>(HttpError::CANCELLED);
    }
    if (_waiting.empty() && _error) co_return unexpected<HttpError>(*_error);
    _taken.clear();
    _taken.swap(_waiting);
    if (!_taken.empty()) _reader.onPartTaken();
    co_return std::string_view(_taken);
}

} // namespace Ichor::Detail
