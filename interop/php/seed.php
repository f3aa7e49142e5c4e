<?php declare(strict_types=1);

/**
 * Makes the six calls of the official PHP SDK's chain on a running platform: asynchronous and blocking, each as
 * properties, as chain() and as an index. The SDK signs every call and verifies every answer. Prints one line of
 * JSON of what it saw; the exit code is 0 only when everything was as it should be.
 *
 * Usage: php seed.php <folder of the SDK> <sandbox.json>
 */

use GuzzleHttp\Exception\ClientException;
use Psr\Http\Message\ResponseInterface;
use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

const PRE_SEND = 'v3/marketing/busifavor/product-coupons/pre-send';

/** Loads the SDK with its dependencies: as Composer installed them, or as the Debian packages bring them. */
function load_sdk(string $folder): void
{
    if (is_file("$folder/vendor/autoload.php")) {
        require "$folder/vendor/autoload.php";
        return;
    }
    require_once 'GuzzleHttp/autoload.php';
    spl_autoload_register(static function (string $class) use ($folder): void {
        if (str_starts_with($class, 'WeChatPay\\')) {
            require $folder . '/src/' . strtr(substr($class, strlen('WeChatPay\\')), '\\', '/') . '.php';
        }
        if ($class === 'GuzzleHttp\UriTemplate\UriTemplate') {
            class_alias(TemplateWithoutVariables::class, $class);
        }
    });
}

/** Stands in for the one dependency that Debian does not package. The six paths have no variables. */
final class TemplateWithoutVariables
{
    public static function expand(string $template, array $variables): string
    {
        if (str_contains($template, '{')) {
            throw new LogicException("this stand-in expands no variables: $template");
        }
        return $template;
    }
}

/** What a call that must succeed answered. */
function seen(ResponseInterface $answer): array
{
    $body = json_decode((string) $answer->getBody(), true, 512, JSON_THROW_ON_ERROR);
    if ($answer->getStatusCode() !== 200 || !is_string($body['token'] ?? null) || $body['token'] === '') {
        throw new UnexpectedValueException("wanted 200 and a token, saw {$answer->getStatusCode()}");
    }
    return ['status' => 200, 'token_length' => strlen($body['token'])];
}

/** The six calls, then one that must be refused. */
function walk(array $sandbox): array
{
    $file = static fn (string $name): string => 'file://' . $name;
    [$merchant, $platform] = [$sandbox['merchant'], $sandbox['platform']];
    $instance = Builder::factory([
        'base_uri' => $sandbox['base_url'],
        'proxy' => '',
        'timeout' => 10,
        'mchid' => $merchant['mchid'],
        'serial' => $merchant['serial_no'],
        'privateKey' => Rsa::from($file($merchant['private_key_file']), Rsa::KEY_TYPE_PRIVATE),
        'certs' => [
            $platform['public_key_id'] => Rsa::from($file($platform['public_key_file']), Rsa::KEY_TYPE_PUBLIC),
            $platform['certificate_serial_no'] => Rsa::from($file($platform['certificate_file']), Rsa::KEY_TYPE_PUBLIC),
        ],
    ]);
    $options = static fn (array $change = []): array => ['json' => $change + [
        'stock_id' => $sandbox['stocks']['single'],
        'appid' => $sandbox['appid'],
        'openid' => $sandbox['openids'][0],
        'send_request_no' => 'PHP_' . bin2hex(random_bytes(12)),
    ]];
    $properties = $instance->v3->marketing->busifavor->productCoupons->preSend;
    $then = static fn (ResponseInterface $answer): array => seen($answer);
    $seen = [
        'async_properties' => $properties->postAsync($options())->then($then)->wait(),
        'async_chain' => $instance->chain(PRE_SEND)->postAsync($options())->then($then)->wait(),
        'async_index' => $instance[PRE_SEND]->postAsync($options())->then($then)->wait(),
        'properties' => seen($properties->post($options())),
        'chain' => seen($instance->chain(PRE_SEND)->post($options())),
        'index' => seen($instance[PRE_SEND]->post($options())),
    ];
    try {
        $properties->post($options(['stock_id' => '1']));
        throw new UnexpectedValueException('an unknown stock was not refused');
    } catch (ClientException $refusal) {
        $answer = $refusal->getResponse();
        $body = json_decode((string) $answer->getBody(), true, 512, JSON_THROW_ON_ERROR);
        if ($answer->getStatusCode() !== 404 || $body['code'] !== 'RESOURCE_NOT_EXISTS') {
            throw new UnexpectedValueException("wanted 404, saw {$answer->getBody()}");
        }
        $seen['unknown_stock'] = ['status' => 404, 'code' => $body['code'], 'message' => $body['message']];
    }
    return $seen;
}

if ($argc !== 3) {
    fwrite(STDERR, "usage: php seed.php <folder of the SDK> <sandbox.json>\n");
    exit(2);
}
try {
    load_sdk(rtrim($argv[1], '/'));
    $sandbox = json_decode((string) file_get_contents($argv[2]), true, 512, JSON_THROW_ON_ERROR);
    echo json_encode(['ok' => true] + walk($sandbox), JSON_UNESCAPED_UNICODE), "\n";
} catch (Throwable $error) {
    echo json_encode(['ok' => false, 'error' => get_class($error) . ': ' . $error->getMessage()], JSON_UNESCAPED_UNICODE), "\n";
    exit(1);
}
