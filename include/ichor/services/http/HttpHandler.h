#pragma once

#include <ichor/base/UniqueFunction.h>
#include <ichor/coroutines/Task.h>
#include <ichor/services/http/HttpRequest.h>
#include <ichor/services/http/HttpResponse.h>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace Ichor {

/// How a route takes the bodies of its requests.
enum class HttpBodyMode : std::uint8_t {
    WHOLE,    // the handler runs once the body has arrived: HttpRequest::body()
    STREAMED, // it runs when the head has arrived, and reads the body in parts: HttpRequest::nextPart()
};

/// What answers the requests of a route: a callable that takes an HttpRequest & or nothing, and returns HttpResponse or Task<HttpResponse>.
///
/// Errors:    an exception becomes a 500, and is logged with the name of the service; a cancelled coroutine becomes a 503
class HttpHandler {
    template <class F>
    struct ResultOf {
        using Type = std::invoke_result_t<F &>;
    };
    template <class F>
    requires std::is_invocable_v<F &, HttpRequest &>
    struct ResultOf<F> {
        using Type = std::invoke_result_t<F &, HttpRequest &>;
    };

public:
    using Plain = UniqueFunction<HttpResponse(HttpRequest &)>;
    using Coroutine = UniqueFunction<Task<HttpResponse>(HttpRequest &)>;

    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, HttpHandler>) HttpHandler(F &&callable) {
        using Callable = std::decay_t<F>;
        if constexpr (!std::is_invocable_v<Callable &, HttpRequest &> && !std::is_invocable_v<Callable &>) {
            static_assert(std::is_invocable_v<Callable &, HttpRequest &>,
                          "Ichor: the handler of a route takes an HttpRequest &, or nothing at all");
        } else {
            using Result = typename ResultOf<Callable>::Type;
            static_assert(std::is_same_v<Result, HttpResponse> || std::is_same_v<Result, Task<HttpResponse>>,
                          "Ichor: the handler of a route returns HttpResponse or Task<HttpResponse>");
            if constexpr (!std::is_invocable_v<Callable &, HttpRequest &>) {
                set<Result>([callable = Callable(std::forward<F>(callable))](HttpRequest &) mutable { return callable(); });
            } else {
                set<Result>(std::forward<F>(callable));
            }
        }
    }

    [[nodiscard]] bool isCoroutine() const noexcept { return static_cast<bool>(_coroutine); }
    [[nodiscard]] HttpResponse callPlain(HttpRequest &request) { return _plain(request); }
    [[nodiscard]] Task<HttpResponse> callCoroutine(HttpRequest &request) { return _coroutine(request); }

private:
    template <class Result, class F>
    void set(F &&callable) {
        if constexpr (std::is_same_v<Result, HttpResponse>) {
            _plain = std::forward<F>(callable);
        } else {
            _coroutine = std::forward<F>(callable);
        }
    }

    // Exactly one of them is set.
    Plain _plain;
    Coroutine _coroutine;
};

} // namespace Ichor
