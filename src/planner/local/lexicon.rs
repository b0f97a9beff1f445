//! What the words of interfaces mean: verbs, groups of words that mean the same, kinds of controls, words that say
//! little. English, German and Korean; the commonest of French and Spanish.

use super::words::Verb;

/// Verbs by what they ask for. Hangul is compared by its beginning, since endings follow.
pub(super) const VERBS: &[(Verb, &str)] = &[
    (
        Verb::Click,
        "click press push tap hit klick klicke drück drücke drucke betätige 클릭 누르 눌러 탭하 cliquez cliquer clique \
        appuyez appuyer haga haz clic pulsa pulse presiona",
    ),
    (
        Verb::Type,
        "type enter write input fill put insert key gib trag trage schreib schreibe eingeben tippe fülle \
        saisissez saisir entrez écrivez tapez remplissez escribe escriba introduce introduzca ingresa ingrese \
        rellena 입력 적어 써 작성 채워",
    ),
    (
        Verb::Choose,
        "select choose pick set mark wähle wahle wähl auswähle stelle setze 선택 골라 고르 설정 sélectionnez \
        sélectionner choisissez choisir selecciona seleccione elige elija escoge",
    ),
    (
        Verb::Tick,
        "check tick enable activate aktiviere hake ankreuze 체크 켜 cochez cocher activez activer marca marque \
        activa",
    ),
    (
        Verb::Clear,
        "uncheck untick disable deactivate deselect unselect deaktiviere entferne 해제 꺼 끄 décochez décocher \
        désactivez désactiver desmarca desmarque desactiva desactive",
    ),
    (
        Verb::Open,
        "open expand show unfold reveal display go navigate visit view switch öffne offne zeige klappe gehe \
        navigiere wechsle 열 펼 보여 이동 ruf rufe ouvrez ouvrir affichez allez montrez abre abra muestra muestre ve \
        vaya 여세 연다 여시",
    ),
    (Verb::Hover, "hover move fahre bewege 올려"),
    (Verb::Scroll, "scroll scrolle blättere 스크롤"),
    (Verb::Drag, "drag drop ziehe zieh 드래그 끌"),
    (
        Verb::Seek,
        "find search look locate use guess finde suche such benutze 찾 검색 cherchez rechercher recherchez trouvez \
        trouver busca busque buscar encuentra encuentre",
    ),
    (
        Verb::Tell,
        "tell answer how what which when who whose where read report wie was welche welcher welches wann wer wo \
        nenne lies 몇 무엇 dites quel quelle quels quelles combien cuál cuánto cuántos cuanto dime qué 몇 무엇 얼마 알려 \
        어떤 누구 언제",
    ),
    (Verb::Wait, "wait warte 기다"),
    (
        Verb::Other,
        "submit send delete remove reply forward respond star buy book order save cancel close add create sort copy \
        download upload share like follow archive move retweet return give sign log register confirm apply edit change update \
        rename turn make increase decrease pay transfer schedule invite assign accept decline agree bookmark flag unstar trash reserve renew extend borrow rent subscribe unsubscribe postpone reschedule approve reject withdraw filter continue resume pause block mute pin \
        lösche losche lösch sende schicke antworte speichere speicher kaufe bestelle bestätige bestatige schließe schliesse füge lege erstelle sortiere \
        kopiere melde leite ändere andere storniere verlängere buche reserviere merke vereinbare verschiebe \
        bezahle überweise filtere bestätigen supprimez supprimer supprime envoyez envoyer ajoutez ajouter \
        enregistrez enregistrer annulez annuler achetez commandez réservez réserver fermez répondez modifiez \
        triez elimina elimine borra borre envía envíe añade añada agrega agregue guarda guarde cancela cancele \
        compra compre reserva reserve cierra cierre responde responda cambia cambie ordena sent deleted forwarded replied archived 삭제 보내 전송 답장 전달 저장 구매 \
        주문 취소 닫 추가 만들 정렬 복사 로그인 확인 제출 변경 바꿔 바꾸 예약 연장 담아 적용 신청 표시",
    ),
];

/// Words that mean the same to whoever makes or uses an interface, one group each.
pub(super) const CONCEPTS: &[&str] = &[
    "delete remove throw toss trash bin erase discard del löschen entfernen papierkorb 삭제 휴지통 지우 지워 supprimer supprimez \
    supprime eliminar elimina borrar borra",
    "reply respond answer antworten antwort 답장 회신 répondre répondez responder responde",
    "forward fwd weiterleiten leiten 전달 transférer transférez reenviar reenvía",
    "star important favorite favourite favorit wichtig markieren 중요 별표 즐겨찾기",
    "send dispatch senden absenden schicken abschicken 보내 전송 envoyer envoyez enviar envía envíe",
    "submit ok okay anwenden übernehmen done confirm apply finish go bestätigen bestätige fertig 제출 확인 완료 적용 valider confirmer \
    soumettre aceptar confirmar",
    "save speichern sichern 저장 enregistrer enregistrez sauvegarder guardar guarda guarde",
    "cancel abort abbrechen 취소 stornieren stornierung absagen annuler annulez cancelar cancela cancele revoke \
    withdraw",
    "close dismiss x schließen schliessen 닫기 닫 fermer fermez cerrar cierra",
    "search find magnifier lookup suche suchen finden 검색 찾기 rechercher recherche recherchez chercher cherchez \
    buscar busca busque",
    "back return zurück zuruck arrowleft 뒤로 retour volver atrás",
    "next forwards weiter nächste nachste 다음 suivant suivante siguiente",
    "prev previous vorherige vorige zurück 이전 précédent précédente anterior",
    "add plus create new append hinzufügen hinzufugen fügen neu erstellen anlegen 추가 생성 새 담기 담아 ajouter ajoutez \
    créer añadir añade agregar crear",
    "up increase increment plus erhöhen hoch 위",
    "down decrease decrement minus verringern runter 아래",
    "edit pencil change modify rename bearbeiten ändern 수정 편집 변경 modifier modifiez cambiar cambia cambie editar \
    editar",
    "setting preference option configuration gear cog einstellungen einstellung 설정",
    "login signin anmelden einloggen 로그인 connexion connecter connectez iniciar",
    "logout signout abmelden ausloggen 로그아웃",
    "cart basket bag warenkorb 장바구니 panier carrito cesta",
    "buy purchase order checkout kaufen bestellen 구매 주문 결제 acheter achetez commander commandez comprar compra compre",
    "book reserve buchen buche reservieren 예약 vormerken vorbestellen réserver réservez reservar reserva",
    "archive archivieren 보관",
    "share teilen 공유",
    "like love heart gefällt 좋아요",
    "copy duplicate kopieren kopiere 복사",
    "download export herunterladen 다운로드 내려받기",
    "upload import hochladen 업로드",
    "attach attachment anhang anhängen 첨부",
    "inbox posteingang 받은",
    "email mail message letter thread e-mail nachricht 메일 이메일 메시지 courrier courriel mensaje correo",
    "recipient to an empfänger 받는",
    "subject title betreff titel 제목",
    "body text content note comment inhalt kommentar 내용 본문",
    "name fullname namen 이름 nom nombre",
    "user username login account benutzer benutzername konto 사용자 아이디 계정",
    "password passwd pass pwd passwort kennwort 비밀번호 암호 contraseña",
    "phone telephone mobile tel telefon handy 전화 téléphone teléfono",
    "address street adresse straße 주소",
    "city town stadt ort 도시 ville ciudad",
    "country nation land 국가 나라",
    "zip postal postcode plz postleitzahl 우편",
    "quantity amount count number qty menge anzahl 수량 개수 quantité cantidad",
    "price cost amount preis kosten 가격 금액 prix precio",
    "cheap inexpensive low günstig gunstig billig 싼 저렴",
    "date day calendar datum kalender 날짜 일자 fecha jour día",
    "time hour clock zeit uhrzeit uhr 시간 heure hora",
    "month monat 월",
    "year jahr 년",
    "from origin departure source von ab 출발",
    "destination arrival target nach ziel 도착",
    "size größe grosse 크기 사이즈",
    "color colour farbe 색 색상 couleur",
    "language sprache 언어 langue idioma",
    "sort order sortieren sortiere 정렬",
    "filter filtern 필터 filtrer filtrar",
    "agree accept consent akzeptieren zustimmen annehmen 동의 수락 accepter akzeptiere verstanden einverstanden gotit",
    "decline reject refuse ablehnen 거절 거부 refuser rechazar necessary essential notwendig notwendige 필수 필수만",
    "flag report melden 신고",
    "follow subscribe folgen abonnieren 구독 팔로우",
    "pay payment zahlen bezahlen überweisen 결제 지불",
    "transfer überweisung überweisen 이체 송금",
    "first erste erster erstes 첫",
    "last final letzte letzter letztes 마지막",
    "picture image photo bild foto 사진 이미지",
    "file document datei dokument 파일 문서",
    "folder directory ordner verzeichnis 폴더",
    "page seite 페이지",
    "show display view reveal anzeigen 보기 표시 afficher mostrar",
    "hide conceal verstecken ausblenden 숨기기",
    "expand open more unfold aufklappen öffnen 펼치기 열기",
    "collapse fold zuklappen einklappen 접기",
    "refresh reload aktualisieren 새로고침",
    "help support hilfe 도움말",
    "home start startseite 홈",
    "menu hamburger navigation menü 메뉴",
    "on enabled active an aktiviert 켜짐",
    "off disabled inactive aus deaktiviert 꺼짐",
    "yes ja 예 네",
    "no nein 아니오",
    "notification alert benachrichtigung 알림",
    "ticket issue case request vorgang anfrage 티켓 문의",
    "priority urgency priorität dringlichkeit 우선순위",
    "status state zustand 상태",
    "assign owner assignee zuweisen weisen zuständig 담당 할당",
    "note remark notiz bemerkung 메모",
    "continue proceed weiter fortfahren 계속 continuer continuar",
    "renew extend prolong renewal verlängern verlängerung 연장 prolonger renovar",
    "contact write compose message nachricht 메시지 kontakt schreiben verfassen 문의 연락 contacter contacto",
    "appointment visit booking reservation termin buchung reservierung vormerkung 예약 약속 rendez cita",
    "loan borrowed ausleihe ausleihen 대출",
    "later skip später überspringen 나중 건너",
    "profile account konto profil 계정 프로필 compte cuenta",
    "unread ungelesen 읽지",
    "invite invitation einladen einladung 초대 inviter invitez invitar invita",
    "spam junk 스팸",
];

/// Words that say what kind of control is meant, with the roles they fit.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("button knopf taste schaltfläche 버튼 bouton botón", "button"),
    ("link verweis 링크 lien enlace", "link"),
    ("checkbox box kästchen 체크박스 casilla", "checkbox switch menuitemcheckbox"),
    ("radio option 라디오 옵션", "radio option menuitemradio"),
    ("tab reiter 탭", "tab"),
    (
        "textbox field input textfield textarea text textfeld feld eingabefeld champ campo 필드 입력란 텍스트",
        "textbox searchbox combobox spinbutton",
    ),
    ("dropdown list menu scroll auswahl liste 목록 드롭다운 lista", "combobox listbox option menuitem"),
    ("slider regler 슬라이더", "slider"),
    ("spinner", "spinbutton"),
    ("switch toggle schalter 스위치", "switch checkbox"),
    ("icon symbol 아이콘", "clickable button link"),
    ("section panel abschnitt 섹션", "tab button"),
    ("folder file node ordner 폴더", "treeitem clickable link"),
    ("row item entry result zeile eintrag 항목", "row link clickable option listitem"),
];

/// What the parts of a site are called, and what people look for there.
pub(super) const PLACES: &[(&str, &str)] = &[
    (
        "setting preference account profile einstellung einstellungen konto 설정 계정",
        "notification notify language currency theme dark password zone unit privacy digest newsletter signature \
        benachrichtigung sprache währung passwort 알림 언어",
    ),
    (
        "people person team user member contact customer staff personen kontakte 사람",
        "invite role phone telefon editor viewer admin colleague einladen 초대 전화",
    ),
    ("order purchase bestellungen 주문", "return refund invoice parcel delivery 환불"),
    ("billing payment plan subscription", "card invoice upgrade downgrade subscription"),
    ("help support contact hilfe kontakt 도움말", "question complaint problem frage 문의"),
];

/// Words that say little by themselves.
pub(super) const STOP: &str = "a an the to of in on at for and or with is it its my me from by as be this that then please into below \
    above there them they their all your you i his her after before when so do does any every each both next using via \
    der die das den dem des ein eine einen einem einer und oder mit im in auf zu zum zur für fur von bei bitte dann es sie \
    ihn ihm sich als am aus meine meinen meinem meiner mein dem beim vom ins bis le les la des du de un une et dans sur pour avec el los las una del al con para por en \
    을 를 이 가 은 는 에 의 로 으로 그리고 다음 후 주세요 줘 주시오 해 하고 하세요";

/// Endings that follow a Korean noun.
pub(super) const PARTICLES: &[&str] = &[
    "을",
    "를",
    "이",
    "가",
    "은",
    "는",
    "에",
    "에서",
    "에게",
    "로",
    "으로",
    "의",
    "와",
    "과",
    "도",
    "만",
    "라는",
    "이라는",
    "님",
    "까지",
    "부터",
    "한테",
];

/// What signs that stand alone on a control mean.
pub(super) const SIGNS: &[(&str, &str)] = &[
    ("<", "prev"),
    ("«", "prev"),
    ("‹", "prev"),
    ("←", "back"),
    ("◀", "prev"),
    (">", "next"),
    ("»", "next"),
    ("›", "next"),
    ("→", "next"),
    ("▶", "next"),
    ("×", "close"),
    ("✕", "close"),
    ("✖", "close"),
    ("+", "plus"),
    ("-", "minus"),
    ("−", "minus"),
    ("▲", "up"),
    ("▼", "down"),
    ("☆", "star"),
    ("★", "star"),
    ("♥", "like"),
    ("⚙", "settings"),
    ("☰", "menu"),
    ("🔍", "search"),
    ("🗑", "trash"),
    ("✓", "done"),
    ("✏", "edit"),
    ("…", "more"),
    ("⋮", "more"),
];
