#include "ResponseParser.h"

#include "Characters.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace Ichor::Detail {

namespace {

namespace beast = boost::beast;
using beast::http::error;

// What Beast keeps looking for the end of: a chunk's head with its extensions, or a trailer. It sets no limit to either, and throws
// std::length_error for a trailer of more than 64 KiB.
constexpr std::size_t MAXIMUM_UNPARSED = 16 * 1024;

// The shortest chunked body, "0 CR LF CR LF". Beast asserts that it sees as much of one that has no chunks, and stops the program when it
// comes in smaller pieces.
constexpr std::size_t SHORTEST_CHUNKED = 5;

// Of 100 Continue and its like in front of one response, which nothing else counts together.
constexpr unsigned MAXIMUM_INTERIM = 100;

constexpr std::string_view VERSION = "HTTP/1.";

std::string_view viewOf(beast::string_view text) noexcept { return {text.data(), text.size()}; }

/// One response on its way through Beast's parser.
class OneResponse final : public beast::http::basic_parser<false> {
public:
    OneResponse(ResponseLimits const &limits, bool isToHead, UniqueFunction<void(std::string_view)> *onPart)
        : _onPart(onPart), _maximumHeader(limits.headerBytes), _maximumBody(limits.bodyBytes) {
        header_limit(limits.headerBytes);
        body_limit(boost::none); // counted below, because a response without a body may announce any length
        eager(false);            // up to the end of the header, so that we see where a body begins
        skip(isToHead);
    }

    [[nodiscard]] int status() const noexcept { return _status; }
    /// Framing that another reader might understand in another way.
    [[nodiscard]] bool isAmbiguous() const noexcept { return (_hasCoding && _hasLength) || _hasOtherCoding || (_hasCoding && _isOld); }

    [[nodiscard]] bool announcesTooMuch() const { return is_header_done() && !is_done() && content_length().value_or(0) > _maximumBody; }

    /// So many bytes of what comes next are not enough to look at.
    [[nodiscard]] bool isTooLittle(std::size_t size) const {
        return is_header_done() && !is_done() && chunked() && !_hasChunk && size < SHORTEST_CHUNKED;
    }

    HttpResponse take() {
        HttpResponse response(static_cast<HttpStatus>(_status), std::move(_body));
        for (HttpHeader const &header : _headers) response.addHeader(header.name, header.value);
        return response;
    }

private:
    void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, beast::error_code &) override {}

    void on_response_impl(int code, beast::string_view, int version, beast::error_code &ec) override {
        // RFC 9110 section 15: there is no class 0.
        if (code < 100) ec = error::bad_status;
        _status = code;
        _isOld = version < 11;
    }

    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, beast::error_code &ec) override {
        std::string_view const text = viewOf(value);
        if (!isToken(viewOf(name)) || std::any_of(text.begin(), text.end(), [](char c) { return !isOf(c, FIELD_VALUE); })) {
            ec = error::bad_value;
            return;
        }
        std::size_t const size = name.size() + value.size() + 4; // ": " and CR LF
        if (is_header_done()) {
            // Of a trailer, which says nothing that is used here.
            _trailerSize += size;
            if (_trailerSize > MAXIMUM_UNPARSED) ec = error::header_limit;
            return;
        }
        // Beast forgets with each piece that it takes how much came before.
        _headerSize += size;
        if (_headerSize > _maximumHeader) {
            ec = error::header_limit;
            return;
        }
        if (equalsIgnoringCase(viewOf(name), "content-length")) _hasLength = true;
        if (equalsIgnoringCase(viewOf(name), "transfer-encoding")) {
            if (_hasCoding || !equalsIgnoringCase(text, "chunked")) _hasOtherCoding = true;
            _hasCoding = true;
        }
        _headers.push_back(HttpHeader{std::string(viewOf(name)), std::string(text)});
    }

    void on_header_impl(beast::error_code &ec) override {
        if (isAmbiguous()) ec = error::bad_transfer_encoding;
    }

    void on_body_init_impl(boost::optional<std::uint64_t> const &length, beast::error_code &) override {
        // Not more at once than has to come soon: the length is only a promise.
        if (length && _onPart == nullptr) _body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, 1024 * 1024)));
    }

    std::size_t on_body_impl(beast::string_view bytes, beast::error_code &ec) override { return addBody(viewOf(bytes), ec); }

    void on_chunk_header_impl(std::uint64_t, beast::string_view extension, beast::error_code &ec) override {
        _hasChunk = true;
        if (extension.size() > MAXIMUM_UNPARSED) ec = error::header_limit;
    }

    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, beast::error_code &ec) override {
        return addBody(viewOf(bytes), ec);
    }

    void on_finish_impl(beast::error_code &) override {}

    std::size_t addBody(std::string_view bytes, beast::error_code &ec) {
        _bodySize += bytes.size();
        if (_bodySize > _maximumBody) {
            ec = error::body_limit;
        } else if (_onPart != nullptr) {
            (*_onPart)(bytes);
        } else {
            _body.append(bytes);
        }
        return bytes.size();
    }

    UniqueFunction<void(std::string_view)> *_onPart;
    std::size_t _maximumHeader;
    std::uint64_t _maximumBody;
    std::uint64_t _bodySize{0};
    std::size_t _headerSize{0};
    std::size_t _trailerSize{0};
    std::string _body;
    std::vector<HttpHeader> _headers;
    int _status{0};
    bool _isOld{false};
    bool _hasLength{false};
    bool _hasCoding{false};
    bool _hasOtherCoding{false};
    bool _hasChunk{false}; // one has begun, be it the last
};

} // namespace

class ResponseParser::Beast {
public:
    explicit Beast(ResponseLimits const &limits) noexcept : _limits(limits) {}

    void begin(HttpMethod method, UniqueFunction<void(std::string_view)> *onPart) {
        _isToHead = method == HttpMethod::head;
        _onPart = onPart;
        _unparsed.clear();
        _isUntouched = true;
        _isSpoiled = false;
        _interimCount = 0;
        _parser.emplace(_limits, _isToHead, _onPart);
    }

    Result parse(std::string_view bytes) {
        if (!bytes.empty()) _isUntouched = false;
        // Beast wants to see what it did not take again, with what came behind it.
        if (_unparsed.empty()) return go(bytes);
        _unparsed.append(bytes);
        std::string const all = std::move(_unparsed);
        _unparsed.clear();
        return go(all);
    }

    Result finish() {
        if (_isUntouched) return fail({HttpError::CLOSED});
        return guarded([this] {
            beast::error_code ec;
            if (_parser->is_header_done() && _unparsed.empty()) {
                _parser->put_eof(ec);
                if (!ec && _parser->is_done()) return Result::COMPLETE;
            }
            return fail({HttpError::CLOSED, "in the middle of a response"});
        });
    }

    HttpResponse take() { return _parser->take(); }
    [[nodiscard]] bool isReusable() const noexcept { return !_isSpoiled && _parser && !isSwitch() && _parser->keep_alive(); }
    [[nodiscard]] bool isUntouched() const noexcept { return _isUntouched; }
    [[nodiscard]] HttpError const &error() const noexcept { return _error; }

private:
    Result go(std::string_view bytes) {
        return guarded([this, bytes] { return goUnguarded(bytes); });
    }

    Result goUnguarded(std::string_view bytes) {
        // Beast waits for the end of a head before it looks at any of it; what is no response at all need not go that far.
        if (_parser->status() == 0 && !bytes.substr(0, VERSION.size()).starts_with(VERSION.substr(0, bytes.size()))) {
            return fail({HttpError::PROTOCOL, "what came is no HTTP response"});
        }
        while (!_parser->is_done()) {
            beast::error_code ec;
            if (_parser->isTooLittle(bytes.size())) break;
            std::size_t const taken = bytes.empty() ? 0 : _parser->put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
            bytes.remove_prefix(taken);
            if (ec == beast::http::error::need_more) ec = {};
            if (ec) return failWith(ec);
            if (_parser->is_header_done()) _parser->eager(true);
            if (_parser->announcesTooMuch()) return fail({HttpError::TOO_LARGE, "a body"});
            if (_parser->is_done() && isInterim()) {
                // 100 Continue and its like come before the response that was asked for.
                if (++_interimCount > MAXIMUM_INTERIM) return fail({HttpError::TOO_LARGE, "interim responses without end"});
                _parser.emplace(_limits, _isToHead, _onPart);
                continue;
            }
            if (taken == 0 || bytes.empty()) break;
        }
        if (_parser->is_done()) {
            _isSpoiled = !bytes.empty();
            return Result::COMPLETE;
        }
        if (bytes.size() > (_parser->is_header_done() ? MAXIMUM_UNPARSED : _limits.headerBytes)) return fail({HttpError::TOO_LARGE});
        _unparsed = bytes;
        return Result::NEED_MORE;
    }

    /// RFC 9110 section 15.2.2: what comes behind it is another protocol.
    [[nodiscard]] bool isSwitch() const noexcept { return _parser->status() == 101; }
    [[nodiscard]] bool isInterim() const noexcept { return _parser->status() < 200 && !isSwitch(); }

    template <class F>
    Result guarded(F const &step) {
        try {
            return step();
        } catch (std::length_error const &) {
            return fail({HttpError::TOO_LARGE, "a trailer"});
        }
    }

    Result failWith(beast::error_code ec) {
        if (ec == beast::http::error::body_limit || ec == beast::http::error::header_limit)
            return fail({HttpError::TOO_LARGE, ec.message()});
        return fail({HttpError::PROTOCOL, ec.message()});
    }

    Result fail(HttpError why) {
        _error = std::move(why);
        return Result::FAILED;
    }

    ResponseLimits _limits;
    std::optional<OneResponse> _parser;
    std::string _unparsed;
    HttpError _error{HttpError::PROTOCOL};
    UniqueFunction<void(std::string_view)> *_onPart{nullptr};
    unsigned _interimCount{0};
    bool _isToHead{false};
    bool _isUntouched{true};
    bool _isSpoiled{false}; // more came than was asked for
};

ResponseParser::ResponseParser(ResponseLimits limits) : _beast(std::make_unique<Beast>(limits)) {}
ResponseParser::~ResponseParser() = default;
void ResponseParser::begin(HttpMethod method, UniqueFunction<void(std::string_view)> *onPart) { _beast->begin(method, onPart); }
ResponseParser::Result ResponseParser::parse(std::string_view bytes) { return _beast->parse(bytes); }
ResponseParser::Result ResponseParser::finish() { return _beast->finish(); }
HttpResponse ResponseParser::takeResponse() { return _beast->take(); }
bool ResponseParser::isReusable() const noexcept { return _beast->isReusable(); }
HttpError const &ResponseParser::error() const noexcept { return _beast->error(); }
bool ResponseParser::isUntouched() const noexcept { return _beast->isUntouched(); }

} // namespace Ichor::Detail
