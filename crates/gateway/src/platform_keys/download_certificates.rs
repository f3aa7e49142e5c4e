//! GET /v3/certificates 下载平台证书: the platform certificates, each sealed with the caller's APIv3 key
//! (wire-protocol 3.3).

use axum::Extension;
use axum::extract::{RawQuery, State};
use quan_apiv3::aead::{AeadError, ApiV3Key, NONCE_BYTES};
use quan_apiv3::certificate::Certificate;
use quan_coupon::refusal::ViolationKind;
use quan_model::certificates::{
    ASSOCIATED_DATA_CERTIFICATE, CertificateRow, CertificatesResponse, EncryptCertificate,
};
use quan_model::entropy;
use quan_model::ids::Principal;
use quan_model::notification::ALGORITHM;
use quan_model::time::Time;
use quan_platform::download_certificates::{DownloadError, download_certificates};

use crate::answer::Answer;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::refusal::{self, Face};
use crate::signature::Caller;
use crate::state::Gateway;

/// The code of the 404 for a merchant that has no platform certificate; sources disagree (wire-protocol 3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoCertificateCode {
    /// As the official PHP SDK's documents and the platform's operators say.
    #[default]
    ResourceNotExists,
    /// The only code that the official Java SDK takes for "no certificates".
    NotFound,
}

/// What `algorithm_type` may ask for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AlgorithmType {
    Rsa,
    /// Certificates of the national algorithms. There are none.
    Sm2,
    All,
}

/// Paths outside the faces speak as the partner face does.
const FACE: Face = Face::Partner;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Answer<CertificatesResponse>, Problem> {
    let algorithm = algorithm_type(query.as_deref())?;
    let mchid = match caller.principal {
        Principal::Merchant(mchid) => mchid,
        // The path takes the merchants' scheme only.
        Principal::Brand(_) => return Err(refusal::unknown_url()),
    };
    let code = gateway.settings.no_certificate_code;
    let found = gateway.platform.read(move |view| download_certificates(view, &mchid)).await;
    let key = found.map_err(|error| match error {
        DownloadError::PublicKeyOnly => refusal::no_platform_certificate(code),
        DownloadError::NoKey => refusal::no_apiv3_key(),
        DownloadError::Failed(error) => Problem::failed(&error, FACE),
    })?;
    let unusable = |error: AeadError| refusal::system_error(format!("the APIv3 key does not seal: {error}"));
    let key = ApiV3Key::new(&key).map_err(unusable)?;
    let now = gateway.wire_clock.now().unix_seconds();
    let keys = gateway.platform_keys.now();
    let certificates = keys.certificates.iter().map(|platform| &platform.certificate);
    let rows = certificates
        .filter(|certificate| algorithm != AlgorithmType::Sm2 && certificate.not_after >= now)
        .map(|certificate| row(&gateway, &key, certificate))
        .collect::<Result<Vec<_>, _>>();
    let data = rows.map_err(unusable)?;
    if data.is_empty() {
        Err(refusal::no_platform_certificate(code))
    } else {
        Ok(Answer(CertificatesResponse { data }))
    }
}

fn algorithm_type(query: Option<&str>) -> Result<AlgorithmType, Problem> {
    const NAME: &str = "algorithm_type";
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let given = pairs.find(|(name, _)| name == NAME).map(|(_, value)| value);
    match given.as_deref() {
        None | Some("" | "RSA") => Ok(AlgorithmType::Rsa),
        Some("SM2") => Ok(AlgorithmType::Sm2),
        Some("ALL") => Ok(AlgorithmType::All),
        Some(other) => {
            let issue = "应为RSA、SM2或ALL".to_owned();
            Err(Fields::of_query(FACE).wrong(NAME, ViolationKind::Format, issue, Some(other)))
        }
    }
}

fn row(gateway: &Gateway, key: &ApiV3Key, certificate: &Certificate) -> Result<CertificateRow, AeadError> {
    // 62¹² nonces, drawn anew each time: two alike for one key do not happen by chance.
    let nonce = entropy::text(&*gateway.entropy, entropy::ALPHANUMERIC, NONCE_BYTES);
    let ciphertext = key.seal(&nonce, ASSOCIATED_DATA_CERTIFICATE, certificate.pem.as_bytes())?;
    Ok(CertificateRow {
        serial_no: certificate.serial_no.clone(),
        effective_time: Time::from_unix_seconds(certificate.not_before),
        expire_time: Time::from_unix_seconds(certificate.not_after),
        encrypt_certificate: EncryptCertificate {
            algorithm: ALGORITHM.to_owned(),
            nonce,
            associated_data: ASSOCIATED_DATA_CERTIFICATE.to_owned(),
            ciphertext,
        },
    })
}
